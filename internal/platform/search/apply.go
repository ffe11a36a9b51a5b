package search

import (
	"maps"
	"slices"

	"birge/internal/platform/ref"
)

// inlineMerge is the largest merge, in documents, that a writer does itself;
// larger ones go on in the background.
const inlineMerge = 4096

// Apply makes b visible at once. Of a thing named more than once in b the last
// Doc counts; a thing that is both put and deleted is gone.
func (e *Engine) Apply(b Batch) {
	put := map[string]map[ref.ID]Doc{}
	for _, d := range b.Put {
		if put[d.Kind] == nil {
			put[d.Kind] = map[ref.ID]Doc{}
		}
		put[d.Kind][d.ID] = d
	}
	gone := map[string][]ref.ID{}
	for _, k := range b.Delete {
		delete(put[k.Kind], k.ID)
		gone[k.Kind] = append(gone[k.Kind], k.ID)
	}
	fresh := map[string]*segment{} // made before the lock is taken
	for kind, docs := range put {
		for id := range docs {
			gone[kind] = append(gone[kind], id)
		}
		if len(docs) > 0 {
			fresh[kind] = build(slices.Collect(maps.Values(docs)))
		}
	}

	e.write.Lock()
	defer e.write.Unlock()
	next := e.next()
	next.seq = max(next.seq, b.Seq)
	for kind, ids := range gone {
		e.rebuilding[kind].remember(ids, put[kind])
		next.kinds[kind] = e.tidy(kind, next.index(kind).with(ids, fresh[kind]))
	}
	e.now.Store(next)
}

// next is a copy of the present state, to be changed and published.
func (e *Engine) next() *state {
	now := e.now.Load()
	return &state{now.seq, maps.Clone(now.kinds)}
}

// with is ix without the documents of ids and with a new segment, if there is one.
func (ix *index) with(ids []ref.ID, fresh *segment) *index {
	next := &index{ready: ix.ready}
	for _, v := range ix.views {
		if v = v.crossOut(ids); v.size() > 0 {
			next.views = append(next.views, v)
		}
	}
	if fresh != nil {
		next.views = append(next.views, viewOf(fresh))
	}
	next.sort()
	return next
}

func (ix *index) sort() {
	slices.SortStableFunc(ix.views, func(a, b view) int { return b.size() - a.size() })
}

// remember keeps changes for a rebuild that is under way, if one is.
func (p *pending) remember(ids []ref.ID, put map[ref.ID]Doc) {
	if p == nil {
		return
	}
	for _, id := range ids {
		if d, ok := put[id]; ok {
			p.put[id] = d
			delete(p.gone, id)
		} else {
			p.gone[id] = true
			delete(p.put, id)
		}
	}
}

// tidy merges small segments of ix, so that each is several times larger than
// all smaller ones together; there are few of them, and a document is rewritten
// seldom. A large merge is only begun. The writer's lock is held.
func (e *Engine) tidy(kind string, ix *index) *index {
	var free, busy []view
	for _, v := range ix.views {
		if e.merging[v.segment] {
			busy = append(busy, v)
		} else {
			free = append(free, v)
		}
	}
	group, docs := due(free)
	if len(group) == 0 {
		return ix
	}
	if docs > inlineMerge {
		if len(busy) == 0 {
			e.mergeBehind(kind, group)
		}
		return ix
	}
	next := &index{ready: ix.ready, views: slices.Concat(busy, free[:len(free)-len(group)])}
	next.views = append(next.views, viewOf(merge(group)))
	next.sort()
	return next
}

const (
	growth   = 4 // how many times larger than all smaller ones a segment is
	oneInOut = 4 // a segment with one in so many documents crossed out is rewritten
)

// due are the last of views, from the largest to the smallest, that are to
// become one segment, and how many documents they have.
func due(views []view) (group []view, docs int) {
	first, sum := len(views), 0
	for i := len(views) - 1; i >= 0; i-- {
		v := views[i]
		merges := sum > 0 && v.size() <= growth*sum
		sum += v.size()
		if merges || (len(v.ids)-v.size())*oneInOut > len(v.ids) {
			first, docs = i, sum
		}
	}
	return views[first:], docs
}

// mergeBehind merges group without holding up writers or readers. The writer's
// lock is held.
func (e *Engine) mergeBehind(kind string, group []view) {
	for _, v := range group {
		e.merging[v.segment] = true
	}
	e.background.Go(func() {
		merged := viewOf(merge(group))
		e.write.Lock()
		defer e.write.Unlock()
		for _, v := range group {
			delete(e.merging, v.segment)
		}
		next := e.next()
		if ix, ok := next.index(kind).replace(group, merged); ok {
			next.kinds[kind] = e.tidy(kind, ix)
			e.now.Store(next)
		}
	})
}

// replace puts merged in the place of the segments it was made of, less what has
// been crossed out in them since. ok is false when a rebuild has replaced them.
func (ix *index) replace(group []view, merged view) (_ *index, ok bool) {
	next := &index{ready: ix.ready}
	var gone []ref.ID
	present := map[*segment]bool{}
	for _, v := range ix.views {
		present[v.segment] = true
	}
	left := false
	for _, old := range group {
		left = left || present[old.segment]
	}
	if !left {
		return ix, false
	}
	for _, v := range ix.views {
		i := slices.IndexFunc(group, func(g view) bool { return g.segment == v.segment })
		if i < 0 {
			next.views = append(next.views, v)
		}
	}
	for _, old := range group {
		gone = append(gone, old.goneSince(ix)...)
	}
	if merged = merged.crossOut(gone); merged.size() > 0 {
		next.views = append(next.views, merged)
	}
	next.sort()
	return next, true
}

// goneSince are the documents live in v and no more in the same segment of ix.
func (v view) goneSince(ix *index) (ids []ref.ID) {
	gone := v.live.Clone()
	for _, now := range ix.views {
		if now.segment == v.segment {
			gone.AndNot(now.live)
			break
		}
	}
	for it := gone.Iterator(); it.HasNext(); {
		ids = append(ids, v.ids[it.Next()])
	}
	return ids
}
