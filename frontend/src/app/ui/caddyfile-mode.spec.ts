import { describe, expect, it } from '@jest/globals';
import { StringStream } from '@codemirror/language';
import { CADDYFILE_MODE } from './caddyfile-mode';

/** Every coloured piece of a text, as `text:style`. */
function read(text: string): string[] {
  const state = CADDYFILE_MODE.startState!(2);
  return text.split('\n').flatMap((line) => {
    const stream = new StringStream(line, 2, 2);
    const pieces: string[] = [];
    while (!stream.eol()) {
      stream.start = stream.pos;
      const style = CADDYFILE_MODE.token(stream, state);
      if (stream.pos === stream.start) throw new Error(`stuck at ${stream.pos} of ${line}`);
      if (style !== null) pieces.push(`${stream.current()}:${style}`);
    }
    return pieces;
  });
}

describe('a Caddyfile', () => {
  it('is read by addresses, directives and values', () => {
    expect(read('example.org {\n\treverse_proxy 10.0.0.1:80\n\ttimeout 30s\n}')).toEqual([
      'example.org:heading',
      '{:bracket',
      'reverse_proxy:keyword',
      'timeout:keyword',
      '30s:number',
      '}:bracket',
    ]);
  });

  it('is read with matchers, placeholders, snippets and comments', () => {
    expect(read('(log) {\n@api path /api\nrespond @api {http.request.uri} # no\n}')).toEqual([
      '(log):typeName',
      '{:bracket',
      '@api:labelName',
      'respond:keyword',
      '@api:labelName',
      '{http.request.uri}:variableName',
      '# no:comment',
      '}:bracket',
    ]);
  });

  it('is read with texts over several lines', () => {
    expect(read('respond "a \\" {\nb" 200')).toEqual([
      'respond:heading',
      '"a \\" {:string',
      'b":string',
      '200:number',
    ]);
    expect(read('respond <<END\n{ x }\nEND\nfoo')).toEqual([
      'respond:heading',
      '<<END:string',
      '{ x }:string',
      'END:string',
      'foo:heading',
    ]);
  });

  it('reads anything to its end', () => {
    expect(() => read('}{ {} { } "" `\n{$VAR}x{y}z\n<<\n@ ( )')).not.toThrow();
  });
});
