import { describe, expect, it } from '@jest/globals';
import { formatCommandLine, looksLikeShell, parseCommandLine } from './command-line';

describe('parseCommandLine', () => {
  it.each([
    ['uptime', ['uptime']],
    ['  systemctl   restart nginx ', ['systemctl', 'restart', 'nginx']],
    [`echo 'a  b' c`, ['echo', 'a  b', 'c']],
    [`echo "say \\"hi\\"" 'it'"'"'s'`, ['echo', 'say "hi"', `it's`]],
    [`printf "%s\\n" x`, ['printf', '%s\\n', 'x']],
    ['touch a\\ b', ['touch', 'a b']],
    [`grep ''`, ['grep', '']],
    [`sh -c "echo $HOME"`, ['sh', '-c', 'echo $HOME']],
    ['echo 你好', ['echo', '你好']],
  ])('%s', (line, argv) => {
    expect(parseCommandLine(line)).toEqual({ argv });
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    [`''`, 'empty'],
    [`echo 'open`, 'open_quote'],
    ['echo "open', 'open_quote'],
    ['echo end\\', 'open_quote'],
  ])('refuses %j: %s', (line, problem) => {
    expect(parseCommandLine(line)).toEqual({ problem });
  });
});

describe('formatCommandLine', () => {
  it.each([
    [['uptime']],
    [['echo', 'two words', '']],
    [['printf', `it's "quoted"`, '$HOME', 'a\\b', '*']],
    [['echo', 'line\nbreak']],
  ])('is read back as %j', (argv) => {
    expect(parseCommandLine(formatCommandLine(argv))).toEqual({ argv });
  });

  it('leaves plain words as they are', () => {
    expect(formatCommandLine(['ls', '-la', '/var/log'])).toBe('ls -la /var/log');
  });
});

describe('looksLikeShell', () => {
  it.each(['ls | wc -l', 'echo $HOME', 'a && b', 'cat < file', 'ls *.log', 'echo "$USER"', 'a; b'])(
    'sees %s',
    (line) => {
      expect(looksLikeShell(line)).toBe(true);
    },
  );

  it.each(['ls -la', `echo 'a | b'`, `sh -c 'echo $HOME'`, 'printf "50%"', 'echo a\\*b'])(
    'is quiet about %s',
    (line) => {
      expect(looksLikeShell(line)).toBe(false);
    },
  );
});
