import TraceAnalyses

extension HeatMap {
  /// As one HTML file that needs nothing else: a range picked in the heat map shows its flame graph.
  public func writeReport(to sink: OutputSink) throws(OutputError) {
    try sink.write(
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
      <title>\(FlameGraph.escaped(options.title))</title>
      <style>\(Self.style)
      \(Self.pageStyle)</style></head><body>
      <p class="help">Drag over the heat map to see the stacks of that time; a click takes one cell, arrow keys walk (with Shift they widen), Escape \
      takes all. Below it the root is above; a click zooms.</p>
      <svg id="map" viewBox="0 0 \(width) \(Self.height)" tabindex="0"><rect class="back" width="100%" height="100%"/>

      """)
    try sink.write(picture)
    try sink.write(
      """
      <g id="range"></g></svg>
      <p id="told" class="help"> </p><p id="detail" class="help"> </p><svg id="flame"></svg>
      <script type="application/json" id="data">
      """)
    try writeData(to: sink)
    try sink.write("</script>\n<script>\n\(Self.script)\n</script></body></html>\n")
    try sink.flush()
  }

  /// Names, nodes and cells as JSON in which no tag can begin.
  private func writeData(to sink: OutputSink) throws(OutputError) {
    try sink.write(
      """
      {"unit":"\(stacks.unit)","rows":\(rows),"perColumn":\(secondsPerColumn),"firstSecond":\(firstSecond),"columns":\(columns),\
      "columnWidth":\(FlameGraph.decimal(columnWidth * 10_000)),"slice":\(times.length),"counted":"\(stacks.unit == .count ? "samples" : "calls")",
      "names":[
      """)
    for number in 0..<Int32(stacks.names.count) {
      let quoted = stacks.text(number).jsonQuoted.split(separator: "<", omittingEmptySubsequences: false).joined(
        separator: "\\u003c")
      try sink.write((number > 0 ? "," : "") + quoted)
    }
    try column("kinds", stacks.kinds, sink) { Int64($0.rawValue) }
    try column("parent", stacks.tree.nodes, sink) { Int64($0.parent) }
    try column("name", stacks.tree.nodes, sink) { Int64($0.name) }
    try column("slices", times.cells, sink) { $0.slice - firstSecond * Int64(rows) }
    try column("nodes", times.cells, sink) { Int64($0.node) }
    try column("weights", times.cells, sink) { $0.weight }
    try column("samples", times.cells, sink) { $0.samples }
    try sink.write("]}")
  }

  private func column<Items: Sequence>(
    _ name: String, _ items: Items, _ sink: OutputSink, _ number: (Items.Element) -> Int64
  ) throws(OutputError) {
    try sink.write("],\n\"\(name)\":[")
    var isFirst = true
    for item in items {
      if !isFirst { try sink.write(byte: UInt8(ascii: ",")) }
      isFirst = false
      try sink.write(integer: number(item))
    }
  }

  private static let pageStyle = """
    body{margin:12px;background:#fff;font:13px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    #map,#flame{display:block;width:100%}#map{cursor:crosshair;touch-action:none}
    #detail{height:2.6em;overflow:hidden}
    #range rect{fill:#06c;fill-opacity:.15;stroke:#06c;stroke-width:2}.help{color:#555;margin:6px 2px;white-space:pre-wrap;overflow-wrap:anywhere}
    #flame text{fill:#111;pointer-events:none;font-size:12px}#flame rect{stroke:#fff;stroke-width:.5;cursor:pointer}#flame .thin{stroke:none}
    #flame rect:hover{stroke:#000;stroke-width:1.2}
    @media (prefers-color-scheme:dark){body{background:#16181d}.help{color:#aab}#range rect{fill:#6cf;stroke:#6cf}#flame rect{stroke:#16181d}
    #flame rect:hover{stroke:#fff}}
    """

  /// All names go into the page as text, never as markup.
  private static let script = """
    (function () {
      var data = JSON.parse(document.getElementById('data').textContent), space = 'http://www.w3.org/2000/svg';
      var map = document.getElementById('map'), flame = document.getElementById('flame');
      var left = \(left), right = \(right), top = \(head), high = \(rowsHeight), row = 17, letter = 7.3;
      var drawn = data.columnWidth / 10000, wide = drawn;
      var perColumn = data.rows * data.perColumn, last = data.columns * perColumn - 1;
      var slicesPerRow = data.perColumn;
      function id(name) { return document.getElementById(name); }
      function made(name, attributes) {
        var element = document.createElementNS(space, name);
        for (var key in attributes) element.setAttribute(key, attributes[key]);
        return element;
      }
      // The map in the page's width, with letters as large as elsewhere.
      function arrange() {
        var width = Math.max(280, map.clientWidth), total = data.columns * data.perColumn;
        wide = Math.min(\(FlameGraph.decimal(widestColumn)), (width - left - right) / data.columns);
        map.setAttribute('viewBox', '0 0 ' + width + ' \(height)');
        map.setAttribute('height', \(height));
        map.querySelector('.title').setAttribute('x', width / 2);
        map.querySelector('.field').setAttribute('width', wide * data.columns);
        id('cells').setAttribute('transform', 'translate(' + left * (1 - wide / drawn) + ' 0) scale(' + wide / drawn + ' 1)');
        id('scale').setAttribute('transform', 'translate(' + width + ' 0) scale(' + Math.min(1, width / 340) + ' 1)');
        var least = data.perColumn * 70 / wide, interval = \(intervals).filter(function (one) { return one >= least; })[0] || Math.ceil(least);
        var ticks = id('ticks');
        ticks.textContent = '';
        for (var second = 0; second < total; second += interval) {
          var x = left + second / data.perColumn * wide;
          ticks.appendChild(made('path', {class: 'tick', d: 'M' + x + ' ' + (top + high) + 'v4'}));
          var label = made('text', {class: 'note', x: x, y: top + high + 17, 'text-anchor': 'middle'});
          label.textContent = data.firstSecond + second;
          ticks.appendChild(label);
        }
        var axis = id('axis'), room = width - left - 4;
        axis.removeAttribute('textLength');
        letter = axis.getComputedTextLength() / axis.textContent.length || letter;
        if (axis.getComputedTextLength() > room) axis.setAttribute('textLength', room);
        axis.setAttribute('lengthAdjust', 'spacingAndGlyphs');
      }
      function pick(event) {
        var point = map.createSVGPoint();
        point.x = event.clientX;
        point.y = event.clientY;
        point = point.matrixTransform(map.getScreenCTM().inverse());
        var column = Math.floor((point.x - left) / wide), cell = Math.floor((top + high - point.y) / high * data.rows);
        column = Math.max(0, Math.min(data.columns - 1, column));
        cell = Math.max(0, Math.min(data.rows - 1, cell));
        return column * perColumn + cell * slicesPerRow;
      }
      function mark(from, to) {
        var group = id('range');
        group.textContent = '';
        for (var column = Math.floor(from / perColumn); column <= Math.floor(to / perColumn); column++) {
          var low = Math.max(from, column * perColumn) - column * perColumn;
          var up = Math.min(to, column * perColumn + perColumn - 1) - column * perColumn + 1;
          group.appendChild(made('rect', {
            x: left + column * wide, width: wide, y: top + high - up / perColumn * high, height: (up - low) / perColumn * high}));
        }
      }
      var order = data.names.map(function (name, i) { return i; });
      order.sort(function (a, b) { return data.names[a] < data.names[b] ? -1 : data.names[a] > data.names[b] ? 1 : 0; });
      var rank = [];
      order.forEach(function (name, place) { rank[name] = place; });
      var children = data.parent.map(function () { return []; });
      for (var i = 1; i < data.parent.length; i++) children[data.parent[i]].push(i);
      children.forEach(function (list) { list.sort(function (a, b) { return rank[data.name[a]] - rank[data.name[b]]; }); });
      var totals, zoomed = 0, encoder = new TextEncoder();
      function show(from, to) {
        totals = data.parent.map(function () { return 0; });
        var samples = 0;
        for (var i = 0; i < data.slices.length; i++) {
          if (data.slices[i] < from || data.slices[i] > to) continue;
          totals[data.nodes[i]] += data.weights[i];
          samples += data.samples[i];
        }
        for (i = totals.length - 1; i > 0; i--) totals[data.parent[i]] += totals[i];
        function seconds(slice) { return (data.firstSecond + slice * data.slice / 1e9).toFixed(3); }
        id('told').textContent = seconds(from) + ' s to ' + seconds(to + 1) + ' s: ' + samples + ' ' +
          (samples === 1 ? data.counted.slice(0, -1) : data.counted);
        zoomed = 0;
        draw();
      }
      function text(weight) {
        if (data.unit === 'nanoseconds') return weight >= 1e10 ? (weight / 1e9).toFixed(3) + ' s' : (weight / 1e6).toFixed(3) + ' ms';
        return weight + (data.unit === 'bytes' ? ' bytes' : data.unit === 'calls' ? ' calls' : '');
      }
      function color(name, kind) {
        var hash = 2166136261;
        encoder.encode(name).forEach(function (byte) { hash = Math.imul(hash ^ byte, 16777619) >>> 0; });
        var shift = hash % 25 - 12, light = 66 + (hash >>> 8) % 9;
        if (kind === 0) return 'hsl(220,12%,' + light + '%)';
        if (kind === 1) return 'hsl(' + (50 + Math.trunc(shift * 2 / 3)) + ',85%,' + light + '%)';
        if (kind === 2 || kind === 5) return 'hsl(' + (6 + Math.trunc(shift / 3)) + ',80%,' + light + '%)';
        if (kind === 3) return 'hsl(' + (118 + shift) + ',55%,' + light + '%)';
        return 'hsl(' + (190 + shift) + ',60%,' + light + '%)';
      }
      function draw() {
        flame.textContent = '';
        var width = Math.max(280, flame.clientWidth || 1200), below = [], deepest = 0;
        for (var at = zoomed; at >= 0; at = data.parent[at]) below.unshift(at);
        var scale = totals[zoomed] > 0 ? width / totals[zoomed] : 0, frames = [];
        below.forEach(function (node, depth) { frames.push([node, 0, width, depth]); });
        var open = [[zoomed, 0, below.length - 1]];
        while (open.length) {
          var item = open.pop(), x = item[1];
          children[item[0]].forEach(function (child) {
            var w = totals[child] * scale;
            if (w >= 0.4) {
              frames.push([child, x, w, item[2] + 1]);
              open.push([child, x, item[2] + 1]);
            }
            x += w;
          });
        }
        frames.forEach(function (f) { deepest = Math.max(deepest, f[3]); });
        flame.setAttribute('viewBox', '0 0 ' + width + ' ' + (deepest + 1) * row);
        flame.setAttribute('height', (deepest + 1) * row);
        frames.forEach(function (f) {
          var name = f[0] === 0 ? 'all' : data.names[data.name[f[0]]], kind = f[0] === 0 ? 0 : data.kinds[data.name[f[0]]];
          var rect = made('rect', {
            x: f[1].toFixed(2), y: f[3] * row, width: f[2].toFixed(2), height: row - 1, fill: color(name, kind),
            class: f[2] < 3 ? 'thin' : ''});
          var room = Math.floor((f[2] - 6) / letter), label = made('text', {x: (f[1] + 3).toFixed(2), y: f[3] * row + 12});
          label.textContent = name.length <= room ? name : room < 3 ? '' : name.slice(0, room - 1) + '…';
          var share = totals[0] > 0 ? (100 * totals[f[0]] / totals[0]).toFixed(2) : '0';
          var told = name + ' (' + text(totals[f[0]]) + ', ' + share + ' %)', title = made('title', {});
          title.textContent = told;
          rect.appendChild(title);
          rect.addEventListener('mouseover', function () { id('detail').textContent = told; });
          rect.addEventListener('click', function () {
            zoomed = f[0];
            draw();
            id('detail').textContent = told;
          });
          flame.appendChild(rect);
          flame.appendChild(label);
        });
      }
      // Cells that the range was begun and ended with; a drag from `start`.
      var begun = null, ended = null, start = null;
      function cover(from, to) {
        begun = from;
        ended = to;
        mark(Math.min(from, to), Math.max(from, to) + slicesPerRow - 1);
      }
      function showCovered() { show(Math.min(begun, ended), Math.max(begun, ended) + slicesPerRow - 1); }
      map.addEventListener('pointerdown', function (event) {
        start = pick(event);
        map.setPointerCapture(event.pointerId);
        cover(start, start);
      });
      map.addEventListener('pointermove', function (event) { if (start !== null) cover(start, pick(event)); });
      map.addEventListener('pointerup', function (event) {
        if (start === null) return;
        cover(start, pick(event));
        start = null;
        showCovered();
      });
      map.addEventListener('pointercancel', function () {
        start = null;
        all();
      });
      map.addEventListener('keydown', function (event) {
        var step = {ArrowUp: slicesPerRow, ArrowDown: -slicesPerRow, ArrowRight: perColumn, ArrowLeft: -perColumn}[event.key];
        if (!step) return;
        event.preventDefault();
        var next = begun === null ? 0 : ended + step;
        if (next < 0 || next > last) return;
        cover(event.shiftKey && begun !== null ? begun : next, next);
        showCovered();
      });
      window.addEventListener('keydown', function (event) { if (event.key === 'Escape') all(); });
      window.addEventListener('resize', function () {
        arrange();
        if (begun !== null) cover(begun, ended);
        draw();
      });
      function all() {
        begun = ended = null;
        id('range').textContent = '';
        show(0, last);
      }
      arrange();
      all();
    })();
    """
}
