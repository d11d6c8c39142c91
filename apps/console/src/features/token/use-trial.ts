import { type Outputs, trpc } from '../../lib/trpc.ts';
import { announceChange } from '../gateway/announce-change.tsx';
import { useInvalidateTokens } from './token-cache.ts';

/** Puts rules on trial, enforces them, drops them. The screen shows what the server has, once it has it. */
export function useTrial() {
  const utils = trpc.useUtils();
  const invalidate = useInvalidateTokens();
  const options = {
    onSuccess: async (answer: Outputs['token']['setTrial'], { id }: { id: number }) => {
      announceChange('The rules on trial changed.', answer.effective);
      utils.token.get.setData({ id }, answer);
      await Promise.all([invalidate(), utils.usage.trial.invalidate({ id })]);
    },
  };
  return {
    set: trpc.token.setTrial.useMutation(options),
    enforce: trpc.token.enforceTrial.useMutation(options),
    clear: trpc.token.clearTrial.useMutation(options),
  };
}
