import { render } from 'preact';
import { App } from './app';
import './style/base.css';
import './style/layout.css';
import './style/parts.css';
import './style/forms.css';
import './style/pages.css';
import './style/charts.css';

render(<App />, document.getElementById('root')!);
