import { notifications } from '@mantine/notifications';
import { readRequestError } from '../../lib/request-error.ts';
import { trpc } from '../../lib/trpc.ts';

function report(title: string) {
  return (error: unknown) => notifications.show({ color: 'red', title, message: readRequestError(error).message });
}

/** Adds a webhook. The answer holds its secret, so it is not kept; lists are refreshed by the caller once the secret is put away. */
export function useCreateWebhook() {
  return trpc.webhook.create.useMutation({ gcTime: 0 });
}

/** As `useCreateWebhook`. */
export function useRotateWebhookSecret() {
  return trpc.webhook.rotateSecret.useMutation({ gcTime: 0, onError: report('The secret was not rotated') });
}

/** Changes settings; the form shows what is wrong with its input. */
export function useUpdateWebhook() {
  const utils = trpc.useUtils();
  return trpc.webhook.update.useMutation({ onSettled: () => utils.webhook.invalidate() });
}

export function useSetWebhookActive() {
  const utils = trpc.useUtils();
  return trpc.webhook.update.useMutation({
    onSuccess: ({ webhook }) =>
      notifications.show({ color: 'green', message: `The webhook is switched ${webhook.active ? 'on' : 'off'}.` }),
    onError: report('The webhook was not switched'),
    onSettled: () => utils.webhook.invalidate(),
  });
}

export function useDeleteWebhook() {
  const utils = trpc.useUtils();
  return trpc.webhook.delete.useMutation({
    onSuccess: () => notifications.show({ message: 'The webhook was deleted.' }),
    onError: report('The webhook was not deleted'),
    onSettled: () => utils.webhook.list.invalidate(),
  });
}

export function useSendTest() {
  const utils = trpc.useUtils();
  return trpc.webhook.test.useMutation({ onError: report('The test was not sent'), onSettled: () => utils.webhook.invalidate() });
}

export function useReplayDelivery() {
  const utils = trpc.useUtils();
  return trpc.webhook.replay.useMutation({
    onSuccess: () => notifications.show({ message: 'It is on its way again.' }),
    onError: report('It was not sent again'),
    onSettled: () => utils.webhook.invalidate(),
  });
}
