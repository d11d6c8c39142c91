/** By what share the least-squares line through these equally spaced figures rises from its first to its last point. */
export function growthOf(figures: readonly number[]): number {
  const middle = (figures.length - 1) / 2;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  const steps = figures.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  if (steps === 0) return 0;
  const slope = figures.reduce((sum, figure, at) => sum + (at - middle) * (figure - mean), 0) / steps;
  return (slope * (figures.length - 1)) / (mean - slope * middle);
}
