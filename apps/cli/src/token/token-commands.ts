import { tokenSortSchema, tokenStatusSchema } from '@latchkey/api/schemas';
import { type Command, Option } from 'commander';
import { addImportCommand } from '../import/import-command.ts';
import type { Act } from '../program/call.ts';
import { collect, duration, wholeNumber } from '../program/parse-option.ts';
import { revokeTokens, setActive, showToken } from './change-tokens.ts';
import { createToken } from './create-token.ts';
import { listTokens } from './list-tokens.ts';
import { collectPermission, parseMetadata, parseOwner } from './parse-access.ts';
import { collectLimit, parseRefill } from './parse-limit.ts';
import { listSecrets, rotateToken } from './rotate-token.ts';

const ONE = 'id or name of a token';
const SEVERAL = 'ids or names of tokens';
const LARGEST_LIMIT = 1_000_000_000;
const LARGEST_QUOTA = 1_000_000_000_000;

export function addTokenCommands(program: Command, act: Act): void {
  const tokens = program.command('tokens').description('issue, list and change tokens');
  addCreate(tokens, act);
  addList(tokens, act);
  tokens.command('show').description('everything about one token but its secret').argument('<token>', ONE).action(act(showToken));
  tokens
    .command('disable')
    .description('switch tokens off until they are enabled')
    .argument('<token...>', SEVERAL)
    .action(act(setActive(false)));
  tokens
    .command('enable')
    .description('switch tokens on')
    .argument('<token...>', SEVERAL)
    .action(act(setActive(true)));
  tokens
    .command('rotate')
    .description('give a token a new secret; the old one goes on for a day, or as long as you say')
    .argument('<token>', ONE)
    .addOption(new Option('--overlap <duration>', 'how long the old secret goes on, at most 7d; 0s: not at all').argParser(duration))
    .addOption(
      new Option('--quiet <hours>', 'end the old secret once nobody has used it for so many hours')
        .argParser(wholeNumber(1, 168))
        .conflicts('overlap'),
    )
    .action(act(rotateToken));
  tokens
    .command('secrets')
    .description('the secrets of a token, and who still uses which')
    .argument('<token>', ONE)
    .action(act(listSecrets));
  addImportCommand(tokens, act);
  tokens
    .command('revoke')
    .description('end tokens for good')
    .argument('<token...>', SEVERAL)
    .option('-y, --yes', 'without a question')
    .action(act(revokeTokens));
}

function addCreate(tokens: Command, act: Act): void {
  tokens
    .command('create')
    .description('issue a token; its secret is all that goes to standard output')
    .argument('<name>', 'what it is for')
    .option('--description <text>', 'a note')
    .option('--owner <type:id>', 'whose it is, such as user:42', parseOwner)
    .option('--key-type <type>', 'one of the key types of the configuration')
    .option('--environment <environment>', 'one of the environments of the configuration')
    .option('--scope <scope>', 'what it may do; may be given several times', collect)
    .option('--permission <resource:action>', 'what it may do with a resource; may be given several times', collectPermission)
    .option('--endpoint <pattern>', 'allow only this endpoint, such as "GET /products*"; may be given several times', collect)
    .option('--limit <name=max/window>', 'a further limit, such as burst=10/1s; may be given several times', collectLimit)
    .option('--quota <requests>', 'so many requests in all', wholeNumber(0, LARGEST_QUOTA))
    .option('--refill <requests/interval>', 'set the quota anew at intervals, such as 1000/1d', parseRefill)
    .option('--allow-ip <range>', 'allow only this address or CIDR range; may be given several times', collect)
    .option('--rate-limit <requests>', 'requests per window (default: 100)', wholeNumber(1, LARGEST_LIMIT))
    .option('--window <duration>', 'length of the window, such as 30s, 1m or 1d (default: 1m)', duration)
    .addOption(new Option('--algorithm <algorithm>', 'how the window moves').choices(['fixed', 'sliding']))
    .addOption(new Option('--expires-at <time>', 'a date (start of that day, UTC) or an ISO date-time').conflicts(['expiresIn', 'preset']))
    .addOption(new Option('--expires-in <duration>', 'life from now, such as 12h, 30d or 4w').argParser(duration).conflicts('preset'))
    .option('--preset <name>', 'a lifetime of the configuration, such as 30_days')
    .option('--not-before <time>', 'does not work before')
    .option('--metadata <json>', 'a JSON object to keep with it', parseMetadata)
    .addHelpText('after', '\nTOKEN=$(latchkey tokens create "Billing service" --endpoint "/products*")')
    .action(act(createToken));
}

function addList(tokens: Command, act: Act): void {
  tokens
    .command('list')
    .description('tokens with their state and use')
    .addOption(new Option('--status <status...>', 'only tokens in these states').choices(tokenStatusSchema.options))
    .option('--search <text>', 'part of a name, description, prefix, start or last four characters, or an id')
    .option('--owner <type:id>', 'only tokens of this owner', parseOwner)
    .option('--key-type <type>', 'only tokens of this key type')
    .option('--environment <environment>', 'only tokens of this environment')
    .addOption(new Option('--sort <column>', 'sort by').choices(tokenSortSchema.options).default('created_at'))
    .addOption(new Option('--order <order>', 'which end first').choices(['asc', 'desc']).default('desc'))
    .option('--limit <number>', 'at most so many', wholeNumber(1, 200), 50)
    .option('--offset <number>', 'leave out so many first', wholeNumber(0, 1_000_000), 0)
    .option('--all', 'all of them, however many')
    .action(act(listTokens));
}
