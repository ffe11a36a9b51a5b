package search

import (
	"iter"
	"slices"

	"birge/internal/platform/ref"
)

// rebuildChunk is how many documents a rebuild holds as texts at one time.
const rebuildChunk = 16384

// Rebuild fills kind anew with docs, which all are of it, while the old index
// goes on answering; then the new one takes its place at once. Changes applied
// meanwhile are kept and win over docs. When docs end with an error, or the kind
// is being rebuilt already, everything stays as it is and the error is returned.
//
// seq is the journal position read before docs were: an engine that was not
// current to any position is then current to it.
func (e *Engine) Rebuild(kind string, seq int64, docs iter.Seq2[Doc, error]) error {
	later, err := e.beginRebuild(kind)
	if err != nil {
		return err
	}
	views, err := buildAll(kind, docs)

	e.write.Lock()
	defer e.write.Unlock()
	delete(e.rebuilding, kind)
	if err != nil {
		return err
	}
	ix := &index{ready: true, views: views}
	next := e.next()
	next.kinds[kind] = e.tidy(kind, ix.caughtUp(later))
	if next.seq == 0 {
		next.seq = seq
	}
	e.now.Store(next)
	return nil
}

func (e *Engine) beginRebuild(kind string) (*pending, error) {
	e.write.Lock()
	defer e.write.Unlock()
	if e.rebuilding[kind] != nil {
		return nil, ErrRebuilding
	}
	p := &pending{put: map[ref.ID]Doc{}, gone: map[ref.ID]bool{}}
	e.rebuilding[kind] = p
	return p, nil
}

// buildAll makes one view of docs, chunk by chunk.
func buildAll(kind string, docs iter.Seq2[Doc, error]) ([]view, error) {
	var views []view
	chunk := map[ref.ID]Doc{}
	flush := func() {
		if len(chunk) == 0 {
			return
		}
		ids, list := unpack(chunk)
		views = (&index{views: views}).with(ids, build(list)).views
		clear(chunk)
	}
	for d, err := range docs {
		if err != nil {
			return nil, err
		}
		d.Kind = kind
		chunk[d.ID] = d
		if len(chunk) >= rebuildChunk {
			flush()
		}
	}
	flush()
	if len(views) > 1 {
		views = []view{viewOf(merge(views))}
	}
	return views, nil
}

// caughtUp is ix with the changes that arrived while it was being built.
func (ix *index) caughtUp(p *pending) *index {
	ids, docs := unpack(p.put)
	for id := range p.gone {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return ix
	}
	var fresh *segment
	if len(docs) > 0 {
		fresh = build(docs)
	}
	return ix.with(ids, fresh)
}

func unpack(docs map[ref.ID]Doc) (ids []ref.ID, list []Doc) {
	for id, d := range docs {
		ids, list = append(ids, id), append(list, d)
	}
	slices.Sort(ids)
	return ids, list
}
