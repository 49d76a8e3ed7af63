import { defineError } from '../../platform/errors/index.js';

/** No digest is pinned for the version and architecture: it is not installed. */
export const XRAY_RELEASE_UNKNOWN = defineError({
  name: 'xray_release_unknown',
  code: 2990,
  status: 422,
  title: 'No digest is pinned for this Xray release',
});

/** The administrator's list of Xray releases cannot be read. `file` names it. */
export const XRAY_RELEASES_FILE_WRONG = defineError({
  name: 'xray_releases_file_wrong',
  code: 2991,
  status: 500,
  title: 'The list of Xray releases cannot be used',
});

/** The text is not a share link that MyX understands. */
export const SHARE_LINK_WRONG = defineError({
  name: 'share_link_wrong',
  code: 2992,
  status: 422,
  title: 'This is not a share link that can be used',
});
