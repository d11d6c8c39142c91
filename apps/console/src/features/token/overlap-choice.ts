/** How long the old secret goes on beside the new one. */
export const OVERLAPS = [
  { value: '0', label: 'Not at all', hint: 'The old secret is refused at once.' },
  { value: '900', label: '15 minutes', hint: '' },
  { value: '3600', label: '1 hour', hint: '' },
  { value: '21600', label: '6 hours', hint: '' },
  { value: '86400', label: '24 hours', hint: '' },
  { value: '604800', label: '7 days', hint: '' },
  { value: 'quiet', label: 'Until it is quiet', hint: 'It ends once nobody used it for some hours, after 7 days at the latest.' },
] as const;

export type OverlapChoice = (typeof OVERLAPS)[number]['value'];

export interface OverlapValue {
  choice: OverlapChoice;
  /** What a number field holds; looked at where `choice` is `quiet`. */
  quietHours: number | string;
}

/** What is wrong with the hours, in words; `null`: nothing. */
export function overlapFault({ choice, quietHours }: OverlapValue): string | null {
  if (choice !== 'quiet') return null;
  const whole = typeof quietHours === 'number' && Number.isInteger(quietHours) && quietHours >= 1 && quietHours <= 168;
  return whole ? null : 'Give whole hours, 1 to 168.';
}

/** What the operation takes; `value` has no fault. */
export function overlapInput({ choice, quietHours }: OverlapValue): { overlapSeconds: number } | { quietHours: number } {
  return choice === 'quiet' ? { quietHours: Number(quietHours) } : { overlapSeconds: Number(choice) };
}
