/** HTML as a person sees it: lines, blanks, and what is not shown. */
import { describe, expect, test } from 'vitest';
import { htmlToText } from '../../../src/artifact/text/html.ts';

describe('HTML as text', () => {
  test.each([
    ['paragraphs are lines', '<p>a</p><p>b</p>', 'a\nb\n'],
    ['blocks in blocks begin one line', '<div><div>a</div></div>b', 'a\nb'],
    ['every block begins a line', 'a<h1>b</h1><li>c</li>', 'a\nb\nc\n'],
    ['words inside of a line stay there', 'a<b>b</b> <i>c</i>', 'ab c'],
    ['a break is a line end', 'a<br>b<br/><br>c', 'a\nb\n\nc'],
    ['blanks are one', 'a \t\r\n b', 'a b'],
    ['blanks at the start of a line are none', '<p>\n  a</p>\n  b', 'a\nb'],
    ['a blank between words of two elements stays', '<b>a</b>\n<b>b</b>', 'a b'],
    ['blanks in pre stay', '<pre>  a\n\tb</pre>', '  a\n\tb\n'],
    ['line ends in pre are one kind', '<pre>a\r\nb\rc</pre>', 'a\nb\nc\n'],
    ['a pre in a pre', '<pre><pre> a</pre> b</pre> c', ' a\n b\nc'],
    ['behind a pre blanks are one again', '<pre> a </pre>b  c', ' a \nb c'],
    ['a text area is no block', 'a<textarea>  b</textarea>', 'a  b'],
    ['nothing of the head is seen', '<head><title>t</title>x</head>a', 'a'],
    ['no style, script or template', '<style>p {}</style><script>x</script><template>y</template>a', 'a'],
    ['a style in a head leaves the head hidden', '<head><style>s</style>h</head>a', 'a'],
    ['an end without a beginning hides nothing', '</style></pre>a  b', 'a b'],
    ['blanks that do not break are blanks', '&nbsp;&nbsp;a&nbsp;b', '  a b'],
    ['entities are characters', 'a &lt; b &amp;&#38; c', 'a < b && c'],
    ['without an end', '<div>a<pre>  b', 'a\n  b\n'],
    ['nothing', '', ''],
  ])('%s', (_title, html, text) => {
    expect(htmlToText(html).text).toBe(text);
  });
});
