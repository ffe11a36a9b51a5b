package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"birge/internal/accounts"
	"birge/internal/homeweb"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/web"

	"golang.org/x/sync/errgroup"
)

// startWorkers starts what runs beside the server: the sealer, and the feed of
// sealed entries that renews whatever is kept in memory.
func (p *Portal) startWorkers(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error {
		p.Sealer.Run(ctx)
		return nil
	})
	g.Go(func() error {
		p.Accounts.Run(ctx, func(err error) { p.Config.Log.Error("accounts", slog.Any("err", err)) })
		return nil
	})
	g.Go(func() error {
		p.Jobs.Run(ctx)
		return nil
	})
	g.Go(func() error { return p.turnDays(ctx) })
	g.Go(func() error { return p.saveSearch(ctx) })
	p.startReading(ctx, g)
}

// startReading starts what fills memory from the store and keeps it filled.
func (p *Portal) startReading(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return p.fillSearch(ctx) })
	g.Go(func() error {
		if err := p.Funding.Learn(ctx); err != nil && !errors.Is(err, context.Canceled) {
			p.Config.Log.Error("funding", slog.Any("err", err)) // texts are compared with fewer
		}
		return nil
	})
	g.Go(func() error {
		if err := p.follow(ctx); !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	})
}

// follow brings memory up to the store and keeps it there. The place in the
// chain is read before anything is loaded, so nothing between is missed.
func (p *Portal) follow(ctx context.Context) error {
	now, err := p.lastSeq(ctx)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	if err := errors.Join(p.Places.Reload(ctx), p.Norms.Reload(ctx)); err != nil {
		return err
	}
	p.noteErasures(ctx)
	p.ready.serving.tell()
	from := p.loadSearch(ctx, now)
	if err := errors.Join(p.fill(homeweb.KindHelp, now), p.fill(homeweb.KindPlace, now)); err != nil {
		return err
	}
	p.forgetPages() // drawn while memory was being filled
	p.tellIfWhole()
	p.fed.reach(from)
	return journal.Follow(ctx, p.DB, from, func(batch []journal.Entry) error {
		err := p.renew(ctx, batch)
		p.fed.reach(batch[len(batch)-1].Seq)
		return err
	})
}

// position is how far along the chain memory is current.
type position struct {
	mu    sync.Mutex
	seq   int64
	moved chan struct{} // closed when seq rises
}

func (p *position) reach(seq int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seq = seq
	close(p.moved)
	p.moved = make(chan struct{})
}

func (p *position) now() (seq int64, moved <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seq, p.moved
}

// AwaitFeed waits until everybody can see what was done until now: each entry
// takes one place in the chain, so there are as many places as entries.
func (p *Portal) AwaitFeed(ctx context.Context) error {
	var last int64
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) {
		last, err = journal.Count(ctx, tx)
		return err
	})
	for seq, moved := p.fed.now(); err == nil && seq < last; seq, moved = p.fed.now() {
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return err
}

// lastSeq is the end of the chain.
func (p *Portal) lastSeq(ctx context.Context) (seq int64, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		seq, err = journal.Seq(ctx, tx)
		return err
	})
	return seq, err
}

func (p *Portal) forgetPages() {
	if p.Memory != nil {
		p.Memory.DropAll()
	}
}

// fill brings a kind of the home pages into the search anew.
func (p *Portal) fill(kind string, seq int64) error {
	return p.Search.Rebuild(kind, seq, p.Home.Docs(kind))
}

// manyEntries is how many entries at once make it cheaper to forget every page.
const manyEntries = 400

// renew brings memory up to a batch of entries: first what pages are drawn from,
// then the pages.
func (p *Portal) renew(ctx context.Context, batch []journal.Entry) error {
	kinds := map[string]bool{}
	for _, e := range batch {
		kinds[e.Thing.Kind] = true
	}
	if kinds["place"] {
		if err := p.Places.Reload(ctx); err != nil {
			return err
		}
		if err := p.fill(homeweb.KindPlace, batch[len(batch)-1].Seq); err != nil {
			return err
		}
		p.refill() // everything is found by the places around it
	}
	if kinds["norm"] || kinds["norm_term"] || kinds["norm_day"] || kinds["norm_year"] {
		if err := p.Norms.Reload(ctx); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(batch, func(e journal.Entry) bool { return e.Act == accounts.ActErase }) {
		p.noteErasures(ctx)
	}
	p.Projects.Forget(batch)
	if err := p.Funding.Renew(ctx, batch); err != nil {
		return err
	}
	if err := p.renewSearch(ctx, batch); err != nil {
		return err
	}
	if p.Memory == nil {
		return nil
	}
	if len(batch) > manyEntries {
		p.Memory.DropAll()
		return nil
	}
	p.Memory.Drop(keysOf(batch)...)
	return nil
}

// keysOf lists the surrogate keys that a batch touches: each thing, the thing on
// whose page it is told, and the lists of both kinds.
func keysOf(batch []journal.Entry) []string {
	seen := map[string]bool{}
	var keys []string
	add := func(k string) {
		if !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for _, e := range batch {
		for _, r := range []ref.Ref{e.Thing, e.Root} {
			add(r.Key())
			add(r.Kind)
			if onEveryPage[r.Kind] {
				add(web.AllPages)
			}
		}
	}
	return keys
}

// onEveryPage are the kinds whose names stand on pages everywhere.
var onEveryPage = map[string]bool{"place": true, "norm": true, "norm_term": true, "norm_day": true, "norm_year": true}
