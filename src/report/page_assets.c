/* page_assets.c -- the style sheet and the script of the page.
 *
 * The script adds to each table a search field, sorting by its header cells and saving as TSV. It
 * fetches nothing; without it the page is whole.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <tilseq/report.h>

/* clang-format off */
static const char style[] =
    "body{font:15px/1.45 Helvetica,Arial,sans-serif;color:#222;background:#fff;margin:0 auto;max-width:1240px;padding:0 16px}\n"
    "h1{font-size:1.5em;margin:.5em 0 .1em}h2{margin-top:2em;border-bottom:2px solid #0072B2}h3{margin:1.4em 0 .4em}\n"
    "a{color:#005a8c}.muted{color:#595959}small{font-size:12px}\n"
    "table{border-collapse:collapse;font-size:13px}td,th{padding:2px 9px;border-bottom:1px solid #ddd;text-align:left}\n"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}th{background:#f2f6f9}th[aria-sort]{cursor:pointer}\n"
    "th[aria-sort=ascending]::after{content:\" \\25b2\"}th[aria-sort=descending]::after{content:\" \\25bc\"}\n"
    ".wide{overflow-x:auto;max-width:100%}.figures{display:flex;flex-wrap:wrap;gap:14px;align-items:flex-start}\n"
    ".tools{margin:.3em 0}.tools input,.tools button{font:inherit;padding:1px 6px}\n"
    "figure{margin:0;max-width:100%;overflow-x:auto;background:#fff}figure svg{max-width:100%;height:auto}figure.broad svg{max-width:none}\n"
    ".facts{margin:.2em 0}.answers{margin:.4em 0;padding:.3em .3em .3em 1.4em;background:#f2f6f9;border-left:5px solid #0072B2}\n"
    ".rose{color:#a34500}.fell{color:#005a8c}.open{color:#595959}\n"
    ".first{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,1fr);gap:12px;align-items:start}\n"
    "details.inline{display:inline-block;vertical-align:top}summary{cursor:pointer}nav a{display:inline-block;margin-right:14px}\n"
    "code{background:#f4f4f4;padding:0 3px;overflow-wrap:anywhere}\n"
    "@media (max-width:820px){.first{grid-template-columns:minmax(0,1fr)}.first figure svg{max-width:none}}\n"
    "@media (prefers-color-scheme:dark){body{color:#e6e6e6;background:#16191c}th,.answers{background:#22282e}td,th{border-color:#3a424a}\n"
    "a{color:#7fc4f0}.muted,.open{color:#b0b0b0}.rose{color:#ff9d5c}.fell{color:#7fc4f0}code{background:#2a2f35}}\n"
    "@media print{nav,.tools{display:none}body{color:#000;background:#fff;max-width:none;font-size:11px}h2{break-after:avoid}\n"
    "figure,tr{break-inside:avoid}.wide,figure{overflow:visible}figure svg,figure.broad svg{max-width:100%;height:auto;max-height:24cm}\n"
    "table{font-size:9px}td,th{padding:1px 4px;overflow-wrap:anywhere}.first{grid-template-columns:minmax(0,3fr) minmax(0,1fr)}}\n";

static const char script[] =
    "'use strict';\n"
    "document.querySelectorAll('table[data-table]').forEach(function (table) {\n"
    "  var body = table.tBodies[0], heads = table.tHead.rows[0].cells, box = table.parentNode;\n"
    "  function key(row, column) {\n"
    "    var cell = row.cells[column], value = cell.getAttribute('data-value');\n"
    "    if (value === null) return cell.textContent;\n"
    "    return value === 'NA' ? NaN : Number(value);\n"
    "  }\n"
    "  function sort(column) {\n"
    "    var head = heads[column], down = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;\n"
    "    Array.prototype.forEach.call(heads, function (h) { h.setAttribute('aria-sort', 'none'); });\n"
    "    head.setAttribute('aria-sort', down === 1 ? 'ascending' : 'descending');\n"
    "    Array.prototype.slice.call(body.rows).map(function (row, i) { return [key(row, column), i, row]; })\n"
    "      .sort(function (a, b) {\n"
    "        var x = a[0], y = b[0], xn = x !== x, yn = y !== y;\n"
    "        if (xn || yn) return xn - yn || a[1] - b[1];\n"
    "        return (x < y ? -1 : x > y ? 1 : 0) * down || a[1] - b[1];\n"
    "      }).forEach(function (item) { body.appendChild(item[2]); });\n"
    "  }\n"
    "  Array.prototype.forEach.call(heads, function (head, column) {\n"
    "    head.setAttribute('aria-sort', 'none');\n"
    "    head.tabIndex = 0;\n"
    "    head.addEventListener('click', function () { sort(column); });\n"
    "    head.addEventListener('keydown', function (event) {\n"
    "      if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); sort(column); }\n"
    "    });\n"
    "  });\n"
    "  var tools = document.createElement('div'), find = document.createElement('input'), save = document.createElement('button');\n"
    "  tools.className = 'tools';\n"
    "  find.type = 'search';\n"
    "  find.placeholder = 'search';\n"
    "  find.setAttribute('aria-label', 'search in ' + table.getAttribute('data-table'));\n"
    "  find.addEventListener('input', function () {\n"
    "    var word = find.value.toLowerCase();\n"
    "    Array.prototype.forEach.call(body.rows, function (row) {\n"
    "      row.hidden = row.textContent.toLowerCase().indexOf(word) < 0;\n"
    "    });\n"
    "  });\n"
    "  save.textContent = 'save as TSV';\n"
    "  save.addEventListener('click', function () {\n"
    "    var rows = [heads].concat(Array.prototype.map.call(body.rows, function (row) { return row.cells; }));\n"
    "    var text = rows.map(function (cells) {\n"
    "      return Array.prototype.map.call(cells, function (cell) {\n"
    "        var value = cell.getAttribute('data-value');\n"
    "        return (value === null ? cell.textContent : value).replace(/[\\t\\r\\n]/g, ' ');\n"
    "      }).join('\\t') + '\\n';\n"
    "    }).join('');\n"
    "    var link = document.createElement('a');\n"
    "    link.href = URL.createObjectURL(new Blob([text], { type: 'text/tab-separated-values' }));\n"
    "    link.download = table.getAttribute('data-table').split('/').pop();\n"
    "    link.click();\n"
    "    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);\n"
    "  });\n"
    "  tools.appendChild(find);\n"
    "  tools.appendChild(save);\n"
    "  box.parentNode.insertBefore(tools, box);\n"
    "});\n";
/* clang-format on */

const char *til_report_style(void) { return style; }

const char *til_report_script(void) { return script; }
