/** The comment on the pull request: there is one, which each run rewrites. */

/** Invisible text by which the comment is found again. */
export const MARKER = '<!-- fwmap: this comment is written anew by each run -->';

/** GitHub's limit is in characters; counted in bytes, to be safe. */
export const MAX_COMMENT = 65_536;

const PAGE = 100;
/** A pull request with more comments than this gets a second one. */
const MAX_PAGES = 30;

export interface Api {
  /** `https://api.github.com` */
  readonly url: string;
  readonly token: string;
  /** `owner/name` */
  readonly repository: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string | null;
  readonly user?: { readonly login?: string } | null;
}

export class ApiError extends Error {}

/** How long to wait for an answer of the server. */
const MAX_WAIT_MS = 30_000;

async function ask(api: Api, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${api.url}/repos/${api.repository}${path}`, {
    method,
    signal: AbortSignal.timeout(MAX_WAIT_MS),
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${api.token}`,
      'content-type': 'application/json',
      'user-agent': 'fwmap',
      'x-github-api-version': '2022-11-28',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new ApiError(`${method} ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  });
  if (!answer.ok) throw new ApiError(`${method} ${path}: GitHub answered ${answer.status}`);
  return answer.json();
}

/** Our comment: it begins with the marker and has our author. Others may write the marker too. */
async function findComment(api: Api, issue: number, author: string): Promise<Comment | undefined> {
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const comments = (await ask(
      api,
      'GET',
      `/issues/${issue}/comments?per_page=${PAGE}&page=${page}`,
    )) as Comment[];
    const found = comments.find(
      ({ body, user }) => body?.startsWith(MARKER) === true && user?.login === author,
    );
    if (found !== undefined || comments.length < PAGE) return found;
  }
  return undefined;
}

/**
 * Writes the comment, or replaces the existing one. Throws {@link ApiError}.
 * @param body Markdown without the marker
 * @param author of the existing comment: `github-actions[bot]`
 * @param isNews whether to write a comment where there is none yet
 */
export async function writeComment(
  api: Api,
  issue: number,
  body: string,
  author: string,
  isNews: boolean,
): Promise<'written' | 'updated' | 'left'> {
  const there = await findComment(api, issue, author);
  const content = { body: `${MARKER}\n${body}` };
  if (there !== undefined) {
    if (there.body === content.body) return 'left';
    await ask(api, 'PATCH', `/issues/comments/${there.id}`, content);
    return 'updated';
  }
  if (!isNews) return 'left';
  await ask(api, 'POST', `/issues/${issue}/comments`, content);
  return 'written';
}
