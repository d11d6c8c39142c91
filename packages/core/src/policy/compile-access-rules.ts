import { compileEndpointPatterns, type EndpointMatcher, parseEndpointPattern } from '../decision/endpoint-pattern.ts';
import { joinPermissions, type Permissions } from '../decision/permissions.ts';
import type { AccessRule } from './access-rule.ts';

/** What the rules ask of one request, all that match taken together. */
export interface RuleDemand {
  /** Without repetitions, in the order of the rules. */
  readonly scopes: readonly string[];
  readonly permissions: Permissions | null;
  /** 1 or more. */
  readonly cost: number;
}

/** Access rules, compiled: what a request to an endpoint needs and costs. */
export interface AccessRuleMatcher {
  /** @param method upper case. @param path the public API's own path, percent-decoded. */
  find(method: string, path: string): RuleDemand;
  /** The rules that match, as they are written and in their order: for people, not for every request. */
  list(method: string, path: string): readonly AccessRule[];
}

/** A set of rules that matched so far, and what each further rule makes of it. */
interface Node {
  readonly demand: RuleDemand;
  readonly next: Map<CompiledRule, Node>;
}

interface CompiledRule extends RuleDemand {
  readonly endpoint: EndpointMatcher;
  readonly written: AccessRule;
}

const NOTHING: RuleDemand = { scopes: [], permissions: null, cost: 1 };
/** Sets of rules that are remembered. Beyond it they are put together anew: paths come from outside, and must not fill the memory. */
const MAX_REMEMBERED = 1_000;
const MAX_COST = 1_000_000;

/**
 * Compiles the rules of a deployment, once, at start. Every rule that matches holds: all their scopes and permissions are needed, and the
 * highest cost counts. What a set of rules asks for is put together when it is first met, so that a request allocates nothing.
 *
 * @throws RangeError for a pattern that can not be parsed, and for a cost that is no whole number of 1 or more; the message says what to change.
 */
export function compileAccessRules(rules: readonly AccessRule[]): AccessRuleMatcher {
  const compiled = rules.map(compileRule);
  const root: Node = { demand: NOTHING, next: new Map() };
  let remembered = 0;

  function extend(node: Node, rule: CompiledRule): Node {
    const known = node.next.get(rule);
    if (known !== undefined) return known;
    const made: Node = { demand: join(node.demand, rule), next: new Map() };
    if (remembered < MAX_REMEMBERED) {
      remembered += 1;
      node.next.set(rule, made);
    }
    return made;
  }

  return {
    find(method, path) {
      let node = root;
      for (const rule of compiled) if (rule.endpoint.allows(method, path)) node = extend(node, rule);
      return node.demand;
    },
    list(method, path) {
      return compiled.filter(({ endpoint }) => endpoint.allows(method, path)).map(({ written }) => written);
    },
  };
}

function compileRule(rule: AccessRule): CompiledRule {
  const { endpoint, scopes, permissions, cost } = rule;
  const fault = accessRuleFault(rule);
  if (fault !== null) throw new RangeError(`The access rule for ${JSON.stringify(endpoint)}: ${fault}`);
  return { endpoint: compileEndpointPatterns([endpoint]), scopes, permissions, cost, written: rule };
}

function join(held: RuleDemand, rule: RuleDemand): RuleDemand {
  return {
    scopes: [...new Set([...held.scopes, ...rule.scopes])],
    permissions: joinPermissions(held.permissions, rule.permissions),
    cost: Math.max(held.cost, rule.cost),
  };
}

/** What is wrong with a rule and what to change; `null`: nothing. */
export function accessRuleFault({ endpoint, cost }: AccessRule): string | null {
  const parsed = parseEndpointPattern(endpoint);
  if (!parsed.ok) return parsed.message;
  if (!Number.isSafeInteger(cost) || cost < 1 || cost > MAX_COST) return 'The cost must be a whole number from 1 to 1,000,000.';
  return null;
}
