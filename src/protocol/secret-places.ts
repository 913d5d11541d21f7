// Where people and programs keep what a trial has no business with: keys, tokens, histories, mail, browsers. A trial has
// no network to send them to; but what it reads it can print, and the log goes to the model and into reports.

/** Below the home folder. Whole folders are hidden, files cannot be opened. */
const inHome = [
  // Keys and passwords
  ...['.ssh', '.gnupg', '.pki', '.password-store', '.local/share/keyrings', '.local/share/kwalletd'],
  ...['.netrc', '_netrc', '.authinfo', '.git-credentials', '.config/git/credentials', '.vault-token', '.age'],
  ...['.config/sops', '.config/op', '.config/1Password', '.config/Bitwarden', '.config/keepassxc', '.step'],
  // Clouds and clusters
  ...['.aws', '.azure', '.config/gcloud', '.boto', '.s3cfg', '.config/rclone', '.oci', '.config/doctl'],
  ...['.docker', '.config/containers', '.local/share/containers', '.kube', '.minikube', '.terraform.d'],
  ...['.terraformrc', '.fly', '.config/heroku', '.config/flyctl', '.config/hcloud', '.config/linode-cli'],
  // Code hosts and package registries
  ...[
    '.config/gh',
    '.config/hub',
    '.config/glab-cli',
    '.npmrc',
    '.yarnrc.yml',
    '.pypirc',
    '.gem/credentials',
  ],
  ...['.cargo/credentials', '.cargo/credentials.toml', '.m2/settings.xml', '.gradle/gradle.properties'],
  ...['.composer/auth.json', '.config/composer/auth.json', '.nuget/NuGet/NuGet.Config'],
  // Data sets, models and assistants
  ...['.kaggle', '.config/kaggle', '.huggingface/token', '.cache/huggingface/token'],
  ...['.cache/huggingface/stored_tokens', '.config/wandb', '.comet.config', '.neptune', '.ollama', '.openai'],
  ...['.config/openai', '.anthropic', '.config/anthropic', '.claude', '.claude.json', '.codex', '.gemini'],
  ...['.cursor', '.aider.conf.yml', '.config/github-copilot', '.config/Code', '.vscode-server', '.continue'],
  // Databases
  ...['.pgpass', '.my.cnf', '.mylogin.cnf', '.dbshell', '.config/dbeaver', '.local/share/DBeaverData'],
  // What was typed
  ...['.bash_history', '.zsh_history', '.python_history', '.node_repl_history', '.psql_history'],
  ...['.mysql_history', '.sqlite_history', '.rediscli_history', '.lesshst', '.viminfo'],
  ...[
    '.local/share/fish/fish_history',
    '.local/state/python_history',
    '.ipython/profile_default/history.sqlite',
  ],
  // Browsers, mail, chat, money
  ...['.mozilla', '.thunderbird', '.config/google-chrome', '.config/chromium', '.config/BraveSoftware'],
  ...['.config/microsoft-edge', '.config/vivaldi', '.config/opera', '.cache/mozilla', '.cache/google-chrome'],
  ...['.cache/chromium', '.var/app', 'snap/firefox', 'snap/chromium', 'snap/thunderbird', '.config/Signal'],
  ...[
    '.config/Slack',
    '.config/discord',
    '.config/Element',
    '.local/share/TelegramDesktop',
    '.config/evolution',
  ],
  ...['.local/share/evolution', '.electrum', '.bitcoin', '.ethereum', '.config/Ledger Live'],
  // The desktop session, and pawl itself
  ...['.Xauthority', '.ICEauthority', '.local/share/jupyter/runtime', '.config/pawl'],
];

/** Read by root alone: they matter when pawl runs as root. */
const ofRoot = [
  ...['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/ssl/private', '/etc/sudoers.d'],
  ...['/etc/kubernetes', '/etc/rancher', '/etc/wireguard', '/etc/NetworkManager/system-connections'],
  ...['/etc/ssh/ssh_host_rsa_key', '/etc/ssh/ssh_host_ecdsa_key', '/etc/ssh/ssh_host_ed25519_key'],
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/kubelet', '/var/spool/cron', '/var/log'],
];

/** Absolute paths to hide, whether they exist or not. `homes`: of the user, as the environment and the system say. */
export function secretPlaces(homes: readonly string[], asRoot: boolean): string[] {
  const places = homes.flatMap((home) => inHome.map((path) => `${home}/${path}`));
  return [...places, ...(asRoot ? ofRoot : [])];
}

/** Whether a path is one of `places`, or lies below one. Case says nothing: on some disks `.SSH` is `.ssh`. */
export function isSecretPlace(path: string, places: readonly string[]): boolean {
  const wanted = path.toLowerCase();
  return places.some((place) => {
    const secret = place.toLowerCase();
    return wanted === secret || wanted.startsWith(`${secret}/`);
  });
}

/** A file beside the project's own that holds secrets by custom: `.env`, `.env.local`. */
export function isSecretFile(name: string): boolean {
  return /^\.env(\..+)?$/i.test(name) && !/\.(example|sample|template|dist)$/i.test(name);
}
