import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'preact/hooks';

// The colours of the style sheet, as they are now.
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function useScheme(): boolean {
  const media = matchMedia('(prefers-color-scheme: dark)');
  const [dark, setDark] = useState(media.matches);
  useEffect(() => {
    const tell = () => setDark(media.matches);
    media.addEventListener('change', tell);
    return () => media.removeEventListener('change', tell);
  }, []);
  return dark;
}

export const axisStyle = () => ({
  axisLine: { lineStyle: { color: colour('line') } },
  axisTick: { show: false },
  axisLabel: { color: colour('quiet'), fontSize: 11 },
  nameTextStyle: { color: colour('quiet'), fontSize: 11 },
  splitLine: { lineStyle: { color: colour('line-soft') } },
});
export const tooltipStyle = () => ({
  renderMode: 'richText' as const,
  backgroundColor: colour('raised'),
  borderColor: colour('line'),
  textStyle: { color: colour('text'), fontSize: 12 },
});

// `option` is made anew when the colours change. `label` says what the picture shows to those who do not see it; the
// figures stand in a table nearby.
export function Chart({ option, label, height = 220 }: { option: () => EChartsCoreOption; label: string; height?: number }) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>();
  const dark = useScheme();
  useEffect(() => {
    let gone = false;
    const resized = new ResizeObserver(() => chart.current?.resize());
    void import('./echarts').then(({ init }) => {
      if (gone || !element.current) return;
      chart.current ??= init(element.current, undefined, { renderer: 'canvas' });
      chart.current.setOption({ animationDuration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 300, ...option() }, true);
      resized.observe(element.current);
    });
    return () => {
      gone = true;
      resized.disconnect();
    };
  }, [option, dark]);
  useEffect(() => () => chart.current?.dispose(), []);
  return <div ref={element} class="chart" role="img" aria-label={label} style={{ height: `${height}px` }} />;
}
