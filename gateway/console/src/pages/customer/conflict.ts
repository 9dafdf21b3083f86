// What to do when someone else changed the same customer meanwhile: three versions of each field, told apart.
export interface FieldConflict {
  field: string;
  mine: string;
  theirs: string;
}
export interface Reconciled<F extends string> {
  // Changed by me only: sent again as they are.
  mine: F[];
  // Changed by someone else only: taken over.
  theirs: F[];
  // Changed by both, differently: somebody has to choose.
  both: F[];
}

export type Form<F extends string> = Record<F, string>;

export function reconcile<F extends string>(before: Form<F>, mine: Form<F>, theirs: Form<F>): Reconciled<F> {
  const result: Reconciled<F> = { mine: [], theirs: [], both: [] };
  for (const field of Object.keys(before) as F[]) {
    const iChanged = mine[field] !== before[field];
    const theyChanged = theirs[field] !== before[field];
    if (iChanged && theyChanged && mine[field] !== theirs[field]) result.both.push(field);
    else if (iChanged && !theyChanged) result.mine.push(field);
    else if (theyChanged) result.theirs.push(field);
  }
  return result;
}

// Names of the fields that a write has to set.
export function changedFields<F extends string>(before: Form<F>, now: Form<F>): F[] {
  return (Object.keys(before) as F[]).filter((field) => before[field] !== now[field]);
}
