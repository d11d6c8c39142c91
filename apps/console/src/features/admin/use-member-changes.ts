import { notifications } from '@mantine/notifications';
import { isolate } from '../../lib/format.ts';
import { readRequestError } from '../../lib/request-error.ts';
import { trpc } from '../../lib/trpc.ts';

function report(title: string) {
  return (error: unknown) => notifications.show({ color: 'red', title, message: readRequestError(error).message });
}

/** Adds an account; the form shows what is wrong with its input. */
export function useAddMember() {
  const utils = trpc.useUtils();
  return trpc.admin.addMember.useMutation({
    // The password must not stay in the mutation cache.
    gcTime: 0,
    onSuccess: ({ member }) => {
      notifications.show({ color: 'green', title: `${isolate(member.name)} was added`, message: 'Tell them the password in a safe way.' });
      return utils.admin.members.invalidate();
    },
  });
}

export function useSetRole() {
  const utils = trpc.useUtils();
  return trpc.admin.setRole.useMutation({
    onSuccess: ({ member }) => {
      notifications.show({
        color: 'green',
        title: `${isolate(member.name)} is ${member.role === 'admin' ? 'an administrator' : 'a viewer'} now`,
        message: null,
      });
    },
    onError: report('The role was not changed'),
    onSettled: () => Promise.all([utils.admin.members.invalidate(), utils.admin.me.invalidate()]),
  });
}

export function useRemoveMember() {
  const utils = trpc.useUtils();
  return trpc.admin.removeMember.useMutation({
    onError: report('The member was not removed'),
    onSettled: () => utils.admin.members.invalidate(),
  });
}
