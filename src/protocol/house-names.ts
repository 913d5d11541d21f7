// The folders that are git's and ours, in whatever spelling a disk would take for them: macOS and Windows ignore case,
// Apple's older disks ignore characters without width, Windows ignores dots and spaces at the end and what follows a
// colon, and gives long names short ones. Source: is_hfs_dotgit and is_ntfs_dotgit of git's path.c and utf8.c.

const withoutWidth = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** A name as the most forgiving of disks reads it: `.GIT. ` is `.git`. */
export function plainName(name: string): string {
  return name
    .replace(withoutWidth, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/(?<=[^. ])[. ]+$/, '');
}

/** Whether one part of a path may lead into git's folder or into ours. */
export function isHouseName(name: string): boolean {
  const plain = plainName(name);
  return plain === '.git' || plain === '.pawl' || /^(git|pawl)~\d+$/.test(plain);
}
