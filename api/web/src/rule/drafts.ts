// What is written and not saved: kept while one looks at something else in between, for as long as the page is open.
import { identityOf, session } from "../session";

export interface Draft {
  name: string;
  text: string;
  /// The text as it was opened, and the entity tag of what held then; null: it is a new one.
  opened: string;
  tag: string | null;
}

const drafts = new Map<string, Draft>();
/// Under another name or in another workspace nobody sees it.
const keyOf = (name: string): string => `${identityOf(session.peek())}\n${name}`;

export const isChanged = (draft: Draft): boolean => draft.text !== draft.opened;

/// `name` empty: the new one.
export const draftOf = (name: string): Draft | null => drafts.get(keyOf(name)) ?? null;

export function keep(name: string, draft: Draft): void {
  if (isChanged(draft)) drafts.set(keyOf(name), draft);
  else drafts.delete(keyOf(name));
}

export const forget = (name: string): boolean => drafts.delete(keyOf(name));
