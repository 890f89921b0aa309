/** The style of pages: light and dark, wide and narrow, printed. */
import { MAP_STYLE } from '../../map/style.ts';

const LIGHT =
  '--page:#fff;--text:#16191d;--soft:#565d68;--edge:#d3d7dd;--band:#f3f5f8;--link:#0b4fc4;--good:#136b2c;--bad:#a81616;--warn:#7a4a00;--mark:#ffe58a;--marked:#16191d';
const DARK =
  '--page:#0d1117;--text:#e8ebef;--soft:#a7b0bc;--edge:#343c47;--band:#171c24;--link:#86b7ff;--good:#63d78a;--bad:#ff9a9a;--warn:#f2c053;--mark:#6b5200;--marked:#fff';

export const PAGE_STYLE = `:root{color-scheme:light dark;${LIGHT}}
@media (prefers-color-scheme:dark){:root{${DARK}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
.page{display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem;max-width:64rem;margin:0 auto;padding:1rem}
main,aside{min-width:0}
h1{font-size:1.45rem;line-height:1.25;margin:.3rem 0 .8rem;overflow-wrap:anywhere}
h2{font-size:1.1rem;margin:1.6rem 0 .5rem;overflow-wrap:anywhere}h3{font-size:1rem;margin:1.1rem 0 .4rem}
p,li,dd{overflow-wrap:anywhere}ul,ol{padding-left:1.3rem;margin:.4rem 0}
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code,pre,.map{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font-size:.86em}pre{font-size:.8rem;line-height:1.45;background:var(--band);border:1px solid var(--edge);padding:.5rem .6rem;margin:.4rem 0;overflow:auto}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.28rem .7rem .28rem 0;border-bottom:1px solid var(--edge);overflow-wrap:break-word}
td{max-width:42rem}
th{font-weight:600;color:var(--soft)}.r{text-align:right;white-space:nowrap}tr.g th{color:var(--text);padding-top:.9rem}
tr[hidden],tbody[hidden]{display:none}
.part{content-visibility:auto;contain-intrinsic-size:auto 200rem}.fixed{table-layout:fixed}.fixed .r{white-space:normal}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
dl{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);gap:.2rem 1rem;margin:.4rem 0}dt{color:var(--soft)}dd{margin:0}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.warn{color:var(--warn);font-weight:600}.faint{color:var(--soft)}
h1 .good,h1 .bad,h1 .warn{font-weight:700}
summary{cursor:pointer;font-weight:600;margin:1rem 0 .3rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.3rem .6rem}
.bar{display:flex;flex-wrap:wrap;gap:.4rem 1rem;align-items:baseline;border-bottom:1px solid var(--edge);padding-bottom:.6rem}
.bar nav a{margin-right:.8rem}
input,select,button,textarea{font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:4px;padding:.2rem .45rem;max-width:100%}
input[type=range]{padding:0;width:100%;accent-color:var(--link)}button{cursor:pointer;background:var(--band)}
figure{margin:0 0 1rem}figcaption{font-size:.85rem;color:var(--soft);overflow-wrap:anywhere}
figure:target{outline:3px solid var(--link);outline-offset:4px}
mark{background:var(--mark);color:var(--marked)}.n{display:inline-block;min-width:3.2em;padding-right:1em;text-align:right;color:var(--soft);user-select:none}
.drawing svg{display:block;max-width:100%;height:auto}.drawing .narrow{display:none}
.set{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(17rem,100%),1fr));gap:.8rem 1.4rem;margin:.6rem 0;padding:0;border:0}
.set label,.set .label{display:block;font-size:.9rem}.set .two{display:grid;grid-template-columns:minmax(0,1fr) 9.5rem;gap:.5rem;align-items:center}
.drop{border:2px dashed var(--soft);border-radius:6px;padding:.7rem 1rem;margin:.6rem 0}.drop.over{border-color:var(--link);background:var(--band)}
.note{color:var(--soft);font-size:.9rem}[hidden]{display:none}
@media (max-width:47.9rem){.drawing .wide{display:none}.drawing .narrow{display:block}
td,th{padding-right:.5rem}td.r{white-space:normal}.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.rows,table.rows tbody,table.rows tr,table.rows td,table.rows th{display:block;border:0;width:auto;text-align:left;padding:0}
table.rows thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.rows tr{border-bottom:1px solid var(--edge);padding:.4rem 0}table.rows tr[hidden]{display:none}}
@media (min-width:96rem){.page{grid-template-columns:minmax(0,62rem) minmax(0,1fr);max-width:116rem}.page.alone{grid-template-columns:minmax(0,64rem);max-width:66rem}
aside{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:.2rem .3rem}}
@media print{:root{${LIGHT}}.bar,.skip,.drop,.controls{display:none}.page{display:block;max-width:none;padding:0}
figure,tr{break-inside:avoid}.part{content-visibility:visible}.scroll{overflow:visible}a{color:inherit}}
${MAP_STYLE}`;
