// Which variables of the environment a trial does not get: keys and tokens, and the addresses of agents that hold them.

const exact = new Set([
  ...[
    'SSH_AUTH_SOCK',
    'SSH_AGENT_PID',
    'SSH_CONNECTION',
    'SSH_CLIENT',
    'SSH_ASKPASS',
    'SUDO_ASKPASS',
    'GIT_ASKPASS',
  ],
  ...['GPG_AGENT_INFO', 'GPG_TTY', 'GNOME_KEYRING_CONTROL', 'KRB5CCNAME', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['DBUS_SYSTEM_BUS_ADDRESS', 'DOCKER_HOST', 'CONTAINER_HOST', 'KUBECONFIG', 'XAUTHORITY', 'ICEAUTHORITY'],
  ...[
    'GOOGLE_APPLICATION_CREDENTIALS',
    'DATABASE_URL',
    'REDIS_URL',
    'MONGO_URL',
    'MONGODB_URI',
    'PGPASSFILE',
  ],
]);

// TOKENIZERS_PARALLELISM and MAX_TOKENS are no tokens; TOKEN, HF_TOKEN and TOKEN_FILE are.
const word =
  /(PASSWORD|PASSWD|PASSPHRASE|SSHPASS|_PWD|WEBHOOK(_URL)?)$|(^|_)(TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD_HASH|CREDENTIALS?|COOKIE|DSN|APIKEY|API_KEY|KEY|KEY_ID|PAT|AUTH)(_FILE|_PATH|_B64|_BASE64)?$/i;
const family = /^((AWS|AZURE|ARM|OCI|ALIYUN|VAULT|GITHUB|GITLAB|ACTIONS|BITBUCKET|CI_JOB)_|npm_config_\/\/)/i;
/** `https://name:password@host`: a secret in a variable of any name. */
const credentialsInAddress = /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@]+@/i;

/** True for a variable that must not reach a trial. */
export function isSecret(name: string, value: string): boolean {
  return exact.has(name) || word.test(name) || family.test(name) || credentialsInAddress.test(value);
}
