extension FlameGraph {
  static let style = """
    svg{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;background:#fff}
    .back{fill:#fff}.title{font-size:17px;fill:#222}.note{fill:#555}.key{font-size:15px}
    #frames text{fill:#111;pointer-events:none}#frames rect{stroke:#fff;stroke-width:.5}#frames g{cursor:pointer}
    #frames g:hover rect,#frames g.at rect{stroke:#000;stroke-width:1.2}#frames g.under rect{opacity:.55}
    #frames g.hit rect{fill:#e57be0}#frames g.thin rect{stroke:none}#foot{pointer-events:none}#search,#reset{cursor:pointer}
    @media (prefers-color-scheme:dark){svg{background:#16181d}.back{fill:#16181d}.title{fill:#eee}.note{fill:#aab}
    #frames rect{stroke:#16181d}#frames g:hover rect,#frames g.at rect{stroke:#fff}#frames g.under rect{opacity:.7}}
    """

  /// Zooming, searching and walking, and a layout for the window's width: letters stay as large as they are. Frames bear their place in units of
  /// weight. What is above and below them stays in sight.
  static let script = """
    (function () {
      var left = \(margin), headHeight = \(head), restHeight = \(foot), footHeight, row = \(row), letter = \(letter);
      var svg = document.documentElement, space = 'http://www.w3.org/2000/svg';
      function id(name) { return document.getElementById(name); }
      var frames = Array.prototype.map.call(id('frames').children, function (g) {
        var title = g.querySelector('title').textContent, end = title.lastIndexOf(' ('), rect = g.querySelector('rect');
        return {g: g, rect: rect, text: g.querySelector('text'), x: +g.dataset.x, w: +g.dataset.w, d: +g.dataset.d,
          y: +rect.getAttribute('y'), title: title, name: title.slice(0, end)};
      });
      if (!frames.length) return;
      var all = frames[0], zoomed = all, at = null, pattern = null, legend = id('found').innerHTML;
      var deepest = frames.reduce(function (most, f) { return Math.max(most, f.d); }, 0), rises = frames.length < 2 || frames[1].y < all.y;
      var wide, high, enlarged = 1, extra = 0, told = '';

      function group(name, nodes) {
        var g = document.createElementNS(space, 'g'), back = document.createElementNS(space, 'rect');
        g.id = name;
        back.setAttribute('class', 'back');
        back.setAttribute('width', '100%');
        g.appendChild(back);
        nodes.forEach(function (node) { g.appendChild(node); });
        svg.appendChild(g);
        return g;
      }
      var title = svg.querySelector('text.title'), whole = title.textContent;
      var head = group('head', [title, id('reset'), id('found'), id('search')]), foot = group('foot', [id('detail')]);

      function cut(text, room) { return text.length <= room ? text : room < 3 ? '' : text.slice(0, room - 1) + '…'; }
      function squeeze(text, room) {
        text.removeAttribute('textLength');
        var length = text.getComputedTextLength();
        if (length <= room) return;
        text.setAttribute('textLength', room);
        text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
      }
      function arrange() {
        svg.setAttribute('width', '100%');
        var outer = svg.getBoundingClientRect().width;
        // Phones lay out what says nothing of its width wider than they are, and shrink it.
        wide = Math.max(280, screen.width < 700 ? Math.min(outer, screen.width) : outer);
        enlarged = outer / wide;
        footHeight = wide < 700 ? restHeight + 16 : restHeight;
        title.textContent = cut(whole, Math.floor((wide - 2 * left) / 10.3));
        title.setAttribute('x', wide / 2);
        id('search').setAttribute('x', wide - left);
        note();
        high = headHeight + extra + (deepest + 1) * row + footHeight;
        svg.setAttribute('viewBox', '0 0 ' + wide + ' ' + high);
        svg.setAttribute('height', high * enlarged);
        id('frames').setAttribute('transform', 'translate(0 ' + extra + ')');
        head.firstChild.setAttribute('height', headHeight + extra - 4);
        zoom(zoomed);
      }
      // The legend has a line of its own where there is no room beside what can be clicked.
      function note() {
        var found = id('found');
        found.setAttribute('x', wide / 2);
        squeeze(found, wide - 2 * left);
        var beside = Math.max(id('search').getComputedTextLength(), id('reset').getComputedTextLength());
        extra = found.getComputedTextLength() / 2 + beside + 2 * left > wide / 2 ? row : 0;
        found.setAttribute('y', 44 + extra);
      }
      function follow() {
        var from = window.scrollY / enlarged, to = Math.min(high, from + window.innerHeight / enlarged);
        if (high * enlarged <= window.innerHeight) to = high;
        head.setAttribute('transform', 'translate(0 ' + Math.max(0, from) + ')');
        foot.setAttribute('transform', 'translate(0 ' + (to - +foot.firstChild.getAttribute('height')) + ')');
      }
      function tell(text) {
        var detail = id('detail'), room = Math.max(10, Math.floor((wide - 2 * left) / letter)), lines = [];
        told = text;
        for (var i = 0; i < text.length && lines.length < 5; i += room) lines.push(text.slice(i, i + room));
        detail.textContent = '';
        detail.setAttribute('y', 0);
        lines.forEach(function (line, number) {
          var span = document.createElementNS(space, 'tspan');
          span.setAttribute('x', left);
          span.setAttribute('y', 17 + 16 * number);
          span.textContent = line;
          detail.appendChild(span);
        });
        foot.firstChild.setAttribute('height', Math.max(footHeight, restHeight + 16 * (lines.length - 1)));
        follow();
      }
      function rest() { tell((at || zoomed).title); }
      function isShown(f) { return f.g.style.display !== 'none'; }
      function isWithin(f, outer) { return f.x >= outer.x && f.x + f.w <= outer.x + outer.w; }

      function zoom(to) {
        zoomed = to;
        var inner = wide - 2 * left, scale = inner / to.w;
        frames.forEach(function (f) {
          var under = f.d < to.d && isWithin(to, f), above = f.d >= to.d && isWithin(f, to);
          f.g.style.display = under || above ? '' : 'none';
          if (!under && !above) return;
          var x = under ? left : left + (f.x - to.x) * scale, w = under ? inner : f.w * scale;
          f.g.classList.toggle('under', under);
          f.g.classList.toggle('thin', w < 3);
          f.rect.setAttribute('x', x.toFixed(2));
          f.rect.setAttribute('width', w.toFixed(2));
          f.text.setAttribute('x', (x + 3).toFixed(2));
          f.text.textContent = cut(f.name, Math.floor((w - 6) / letter));
        });
        if (at && !isShown(at)) mark(null);
        id('reset').setAttribute('visibility', to === all ? 'hidden' : 'visible');
        rest();
      }
      function search(text) {
        var isWrong = false;
        try { pattern = text ? new RegExp(text) : null; } catch (error) { pattern = null; isWrong = true; }
        var sum = 0, end = -1;
        frames.slice().sort(function (a, b) { return a.x - b.x || a.d - b.d; }).forEach(function (f) {
          var hit = pattern !== null && f !== all && pattern.test(f.name);
          f.g.classList.toggle('hit', hit);
          if (hit && f.x >= end) { sum += f.w; end = f.x + f.w; }
        });
        if (isWrong) id('found').textContent = 'not a regular expression: ' + text;
        else if (pattern) id('found').textContent = 'matched: ' + (100 * sum / all.w).toFixed(2) + ' %';
        else id('found').innerHTML = legend;
        arrange();
      }
      function ask() {
        if (pattern) return search('');
        var text = prompt('Search frames (a regular expression)');
        if (text) search(text);
      }
      function mark(f) {
        if (at) at.g.classList.remove('at');
        at = f;
        if (!f) return;
        f.g.classList.add('at');
        rest();
        // Between what stays in sight above and below.
        var top = (f.y + extra) * enlarged, above = (headHeight + extra) * enlarged, below = (footHeight + 2 * row) * enlarged;
        if (top < window.scrollY + above) window.scrollTo(0, top - above);
        if (top > window.scrollY + window.innerHeight - below) window.scrollTo(0, top - window.innerHeight + below);
      }
      // From the marked frame to its widest one above, the one below it, or its neighbour.
      function walk(key) {
        if (!at) return mark(zoomed);
        var next = null, outwards = rises ? 'ArrowUp' : 'ArrowDown';
        frames.forEach(function (f) {
          if (!isShown(f)) return;
          var isNext;
          if (key === 'ArrowLeft') isNext = f.d === at.d && f.x < at.x && (!next || f.x > next.x);
          else if (key === 'ArrowRight') isNext = f.d === at.d && f.x > at.x && (!next || f.x < next.x);
          else if (key === outwards) isNext = f.d === at.d + 1 && isWithin(f, at) && (!next || f.w > next.w);
          else isNext = f.d === at.d - 1 && isWithin(at, f);
          if (isNext) next = f;
        });
        if (next) mark(next);
      }
      frames.forEach(function (f) {
        f.g.addEventListener('click', function () {
          if (at) mark(null);
          zoom(f);
        });
        f.g.addEventListener('mouseover', function () { tell(f.title); });
        f.g.addEventListener('mouseout', rest);
      });
      id('reset').addEventListener('click', function () { zoom(all); });
      id('search').addEventListener('click', ask);
      window.addEventListener('keydown', function (event) {
        var key = event.key, isFind = (event.ctrlKey || event.metaKey) && key === 'f';
        if (!isFind && (event.ctrlKey || event.metaKey || event.altKey)) return;
        if (isFind || key === '/') ask();
        else if (/^Arrow/.test(key)) walk(key);
        else if (key === 'Enter' && at) zoom(at);
        else if (key === 'Escape') {
          mark(null);
          zoomed = all;
          search('');
        } else return;
        event.preventDefault();
      });
      window.addEventListener('scroll', follow);
      window.addEventListener('resize', arrange);
      window.addEventListener('load', function () {
        letter = id('search').getComputedTextLength() / id('search').textContent.length || letter;
        arrange();
        // Stacks stand on the root: it comes into sight.
        if (rises) window.scrollTo(0, high * enlarged);
      });
    })();
    """
}
