import { existsSync, readFileSync } from 'node:fs';
import type { Probe } from './probe.ts';

// Why the sandbox does not work here, in one line, and exactly what to type to mend it.

export interface Mend {
  /** One line, for the header's place, the journal and `list`. */
  why: string;
  /** Lines to show a person: commands are indented. */
  fix: string[];
}

/** What the system says about user namespaces; null where it says nothing. */
export interface NamespaceRules {
  /** kernel.apparmor_restrict_unprivileged_userns is 1 (Ubuntu from 23.10). */
  appArmor: boolean;
  /** kernel.unprivileged_userns_clone is 0 (older Debian), or user.max_user_namespaces is 0. */
  forbidden: 'kernel.unprivileged_userns_clone=1' | 'user.max_user_namespaces=15000' | null;
  /** Inside a container. */
  container: boolean;
}

/** The AppArmor profile that Ubuntu's own documentation gives for programs that need user namespaces. */
const appArmorProfile = `abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/bwrap>
}`;

/** Reads the rules of this machine. */
export function namespaceRules(): NamespaceRules {
  const value = (path: string): string | null => {
    try {
      return readFileSync(`/proc/sys/${path}`, 'utf8').trim();
    } catch {
      return null;
    }
  };
  return {
    appArmor: value('kernel/apparmor_restrict_unprivileged_userns') === '1',
    forbidden:
      value('kernel/unprivileged_userns_clone') === '0'
        ? 'kernel.unprivileged_userns_clone=1'
        : value('user/max_user_namespaces') === '0'
          ? 'user.max_user_namespaces=15000'
          : null,
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  };
}

/** Says why a probe failed and how to mend it. */
export function explainProbe(probe: Exclude<Probe, { bwrap: object }>, rules: NamespaceRules): Mend {
  if (probe.kind === 'not-linux')
    return {
      why: 'the sandbox needs Linux (bubblewrap)',
      fix: ['The sandbox needs Linux. In a Linux container or virtual machine it works.'],
    };
  if (probe.kind === 'missing')
    return {
      why: 'bubblewrap is not installed',
      fix: [
        'Install bubblewrap:',
        '    sudo apt install bubblewrap      (Debian, Ubuntu)',
        '    sudo dnf install bubblewrap      (Fedora)',
        '    sudo pacman -S bubblewrap        (Arch)',
      ],
    };
  const said = probe.said === '' ? 'it did not answer' : probe.said.replace(/^bwrap: /, '');
  const why = `bubblewrap is installed but cannot work here: ${said}`;
  if (rules.forbidden)
    return {
      why,
      fix: [
        'This system forbids user namespaces. Allow them:',
        `    echo ${rules.forbidden} | sudo tee /etc/sysctl.d/60-userns.conf && sudo sysctl --system`,
      ],
    };
  if (rules.appArmor)
    return {
      why,
      fix: [
        'AppArmor keeps bubblewrap from making a namespace (Ubuntu from 23.10). Allow bubblewrap alone:',
        "    sudo tee /etc/apparmor.d/bwrap <<'EOF'",
        ...appArmorProfile.split('\n').map((line) => `    ${line}`),
        '    EOF',
        '    sudo apparmor_parser -r /etc/apparmor.d/bwrap',
      ],
    };
  if (rules.container)
    return {
      why,
      fix: [
        'This container may not make namespaces. Start it with:',
        '    --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined',
      ],
    };
  return {
    why,
    fix: ['Try it yourself, to see what stands in the way:', '    bwrap --ro-bind / / --unshare-all true'],
  };
}
