package app

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"time"

	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
)

// docsOf hands over the documents of some things of a kind, or of all.
type docsOf func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error

// searched lists the kinds of things that the search knows and who tells of them.
func (p *Portal) searched() map[string]docsOf {
	code := func(list, code string) (int64, bool) {
		t, ok := p.Norms.Book().Term(list, code)
		return t.Num, ok
	}
	return map[string]docsOf{
		projects.KindProject: func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
			return p.Projects.Docs(ctx, ids, code, yield)
		},
		orgs.Kind: func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
			return p.Orgs.Docs(ctx, ids, code, yield)
		},
		obligations.Kind: p.Obligations.Docs,
	}
}

var errEnough = errors.New("app: enough documents")

// each turns the handing over into a sequence.
func (f docsOf) each(ctx context.Context) iter.Seq2[search.Doc, error] {
	return func(yield func(search.Doc, error) bool) {
		err := f(ctx, nil, func(d search.Doc) error {
			if !yield(d, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(search.Doc{}, err)
		}
	}
}

// fillSearch builds the index of every kind anew; the old one answers meanwhile.
func (p *Portal) fillSearch(ctx context.Context, seq int64) error {
	for kind, docs := range p.searched() {
		if err := p.Search.Rebuild(kind, seq, docs.each(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// renewSearch takes the things that a batch touched into the index.
func (p *Portal) renewSearch(ctx context.Context, batch []journal.Entry) error {
	change := search.Batch{Seq: batch[len(batch)-1].Seq}
	for kind, docs := range p.searched() {
		touched := map[ref.ID]bool{}
		for _, e := range batch {
			for _, r := range []ref.Ref{e.Thing, e.Root} {
				if r.Kind == kind {
					touched[r.ID] = true
				}
			}
		}
		if len(touched) == 0 {
			continue
		}
		there := map[ref.ID]bool{}
		if err := docs(ctx, slices.Sorted(maps.Keys(touched)), func(d search.Doc) error {
			there[d.ID] = true
			change.Put = append(change.Put, d)
			return nil
		}); err != nil {
			return err
		}
		for id := range touched {
			if !there[id] {
				change.Delete = append(change.Delete, search.Key{Kind: kind, ID: id})
			}
		}
	}
	p.Search.Apply(change)
	return nil
}

// turnDays waits for midnight: statuses are a rule over facts and the clock, so
// with the day the index and the pages turn.
func (p *Portal) turnDays(ctx context.Context) error {
	day := db.DateOf(p.DB.Now().In(p.Zone))
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
		today := db.DateOf(p.DB.Now().In(p.Zone))
		if today == day {
			continue
		}
		day = today
		if err := p.fillSearch(ctx, p.Search.Seq()); err != nil {
			p.Config.Log.Error("filling the search anew", slog.Any("err", err))
		}
		if p.Memory != nil {
			p.Memory.DropAll()
		}
	}
}
