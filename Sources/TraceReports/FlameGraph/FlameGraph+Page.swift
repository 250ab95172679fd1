extension FlameGraph {
  static let style = """
    svg{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .back{fill:#fff}.title{font-size:17px;fill:#222}.note{fill:#555}.key{font-size:15px}
    #frames text{fill:#111;pointer-events:none}#frames rect{stroke:#fff;stroke-width:.5}#frames g{cursor:pointer}
    #frames g:hover rect{stroke:#000;stroke-width:1.2}#frames g.under rect{opacity:.55}#frames g.hit rect{fill:#d63bd0}
    #search,#reset{cursor:pointer}
    @media (prefers-color-scheme:dark){.back{fill:#16181d}.title{fill:#eee}.note{fill:#aab}#frames rect{stroke:#16181d}
    #frames g:hover rect{stroke:#fff}}
    """

  /// Zooming and searching. Frames bear their place in units of weight; widths are in hundredths of pixels after a zoom as before.
  static let script = """
    (function () {
      var left = \(margin), inner = \(width - 2 * margin), letter = \(letter);
      var svg = document.documentElement;
      function id(name) { return svg.getElementById ? svg.getElementById(name) : document.getElementById(name); }
      var frames = Array.prototype.map.call(id('frames').children, function (g) {
        var title = g.querySelector('title').textContent, end = title.lastIndexOf(' (');
        return {g: g, rect: g.querySelector('rect'), text: g.querySelector('text'), x: +g.dataset.x, w: +g.dataset.w, d: +g.dataset.d,
          title: title, name: title.slice(0, end)};
      });
      if (!frames.length) return;
      var all = frames[0], zoomed = all, legend = id('found').innerHTML, pattern = null;
      function zoom(to) {
        zoomed = to;
        var scale = inner / to.w;
        frames.forEach(function (f) {
          var under = f.d < to.d && f.x <= to.x && f.x + f.w >= to.x + to.w;
          var above = f.d >= to.d && f.x >= to.x && f.x + f.w <= to.x + to.w;
          f.g.style.display = under || above ? '' : 'none';
          if (!under && !above) return;
          f.g.classList.toggle('under', under);
          var x = under ? left : left + (f.x - to.x) * scale, w = under ? inner : f.w * scale;
          f.rect.setAttribute('x', x.toFixed(2));
          f.rect.setAttribute('width', w.toFixed(2));
          f.text.setAttribute('x', (x + 3).toFixed(2));
          var room = Math.floor((w - 6) / letter);
          f.text.textContent = room < 3 ? '' : f.name.length <= room ? f.name : f.name.slice(0, room - 2) + '..';
        });
        id('reset').setAttribute('visibility', to === all ? 'hidden' : 'visible');
      }
      function search(text) {
        try { pattern = text ? new RegExp(text) : null; } catch (error) { pattern = null; }
        var sum = 0, end = -1;
        frames.slice().sort(function (a, b) { return a.x - b.x || a.d - b.d; }).forEach(function (f) {
          var hit = pattern !== null && f !== all && pattern.test(f.name);
          f.g.classList.toggle('hit', hit);
          if (hit && f.x >= end) { sum += f.w; end = f.x + f.w; }
        });
        if (pattern) id('found').textContent = 'matched: ' + (100 * sum / all.w).toFixed(2) + ' %';
        else id('found').innerHTML = legend;
      }
      function ask() {
        if (pattern) return search('');
        var text = prompt('Search frames (a regular expression)');
        if (text) search(text);
      }
      frames.forEach(function (f) {
        f.g.addEventListener('click', function () { zoom(f); });
        f.g.addEventListener('mouseover', function () { id('detail').textContent = f.title; });
        f.g.addEventListener('mouseout', function () { id('detail').textContent = ' '; });
      });
      id('reset').addEventListener('click', function () { zoom(all); });
      id('search').addEventListener('click', ask);
      window.addEventListener('keydown', function (event) {
        if ((event.ctrlKey || event.metaKey) && event.key === 'f') { event.preventDefault(); ask(); }
        if (event.key === 'Escape') { search(''); zoom(all); }
      });
    })();
    """
}
