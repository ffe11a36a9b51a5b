package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/funding"
	"birge/internal/homeweb"
	"birge/internal/obligations"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
	"birge/internal/projects"
	"birge/internal/resolutions"
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
		projects.KindProgramme: p.Projects.ProgrammeDocs,
		orgs.Kind: func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
			return p.Orgs.Docs(ctx, ids, code, yield)
		},
		obligations.Kind: p.Obligations.Docs,
		funding.KindCall: func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
			return p.Funding.CallDocs(ctx, ids, code, yield)
		},
		funding.KindTopic: func(ctx context.Context, ids []ref.ID, yield func(search.Doc) error) error {
			return p.Funding.TopicDocs(ctx, ids, code, yield)
		},
		panels.KindBody:          p.Panels.Docs,
		forums.Kind:              p.Forums.Docs,
		awards.KindRound:         p.Awards.Docs,
		resolutions.Kind:         p.Resolutions.Docs,
		resolutions.KindItem:     p.Resolutions.ItemDocs,
		resolutions.KindProposal: p.Resolutions.ProposalDocs,
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

// index is the state of the search beside what it knows.
type index struct {
	stale chan struct{} // asks for everything to be read anew
	// asOf is the day for which the index was filled: states follow from the clock.
	asOf atomic.Pointer[db.Date]
}

// docsVersion rises when rooms tell the index something else of the same row.
const docsVersion = 3

func (p *Portal) snapshotPath() string { return filepath.Join(p.Config.Data, "search.index") }

// errOldSnapshot is why a snapshot is thrown away: another version wrote it, or
// the store has another past than the one it was made from.
var errOldSnapshot = errors.New("app: the snapshot of the search does not fit this portal")

// stampForm says what a snapshot was made from: the rules, the link of the chain
// up to which it is current, and the day.
const stampForm = "%d %q %s"

func (p *Portal) linkAt(ctx context.Context, seq int64) (link string, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		link, err = journal.LinkAt(ctx, tx, seq)
		return err
	})
	return link, err
}

// loadSearch takes up the index of the last run and gives the place in the chain
// up to which it is current. Without one, or with one that does not fit, the
// index is filled in the background; until then lists come from the store.
func (p *Portal) loadSearch(ctx context.Context, now int64) (from int64) {
	from = now
	switch err := p.Search.Load(p.snapshotPath(), func(seq int64, stamp string) error { return p.judge(ctx, seq, now, stamp) }); {
	case err == nil:
		from = p.Search.Seq()
	case !errors.Is(err, fs.ErrNotExist):
		p.Config.Log.Warn("the search is filled anew", slog.Any("why", err))
	}
	if asOf := p.index.asOf.Load(); asOf == nil || *asOf != p.today() || !p.searchWhole() {
		p.refill()
	}
	return from
}

// judge tells whether a snapshot fits, and takes up the day that it is of.
func (p *Portal) judge(ctx context.Context, seq, now int64, stamp string) error {
	var rules int
	var link, day string
	if _, err := fmt.Sscanf(stamp, stampForm, &rules, &link, &day); err != nil || rules != docsVersion || seq > now {
		return errOldSnapshot
	}
	known, err := p.linkAt(ctx, seq)
	if err != nil {
		return err
	}
	asOf, err := db.ParseDate(day)
	if err != nil || link != known {
		return errOldSnapshot
	}
	p.index.asOf.Store(&asOf)
	return nil
}

// searchWhole tells that every kind can be searched.
func (p *Portal) searchWhole() bool {
	for kind := range p.searched() {
		if !p.Search.Ready(kind) {
			return false
		}
	}
	return true
}

// refill asks for the index to be filled anew; asking twice is asking once.
func (p *Portal) refill() {
	select {
	case p.index.stale <- struct{}{}:
	default:
	}
}

// fillSearch reads everything into the index whenever it is asked to; the old
// one answers meanwhile.
func (p *Portal) fillSearch(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.index.stale:
		}
		if err := p.fillOnce(ctx); err != nil && ctx.Err() == nil {
			p.Config.Log.Error("filling the search", slog.Any("err", err))
			time.AfterFunc(refillAfter, p.refill)
			continue
		}
		p.forgetPages()
		p.tellIfWhole()
	}
}

// refillAfter is when filling is tried again after it failed.
const refillAfter = 10 * time.Second

func (p *Portal) fillOnce(ctx context.Context) error {
	day := p.today()
	seq, err := p.lastSeq(ctx)
	if err != nil {
		return err
	}
	for kind, docs := range p.searched() {
		if err := p.Search.Rebuild(kind, seq, docs.each(ctx)); err != nil {
			return err
		}
	}
	p.index.asOf.Store(&day)
	return nil
}

func (p *Portal) tellIfWhole() {
	if p.searchWhole() && p.Search.Ready(homeweb.KindHelp) && p.Search.Ready(homeweb.KindPlace) {
		p.ready.whole.tell()
	}
}

// saveEvery is how often the index is saved while it changes.
const saveEvery = 10 * time.Minute

// saveSearch saves the index now and then, and when the portal ends.
func (p *Portal) saveSearch(ctx context.Context) error {
	saved := p.Search.Seq()
	again := time.NewTicker(saveEvery)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return p.saveOnce(context.WithoutCancel(ctx))
		}
		if p.Search.Seq() == saved {
			continue
		}
		if err := p.saveOnce(ctx); err != nil {
			p.Config.Log.Warn("saving the search", slog.Any("err", err))
		}
		saved = p.Search.Seq()
	}
}

func (p *Portal) saveOnce(ctx context.Context) error {
	day := p.index.asOf.Load()
	if day == nil || !p.searchWhole() {
		return nil
	}
	return p.Search.Save(p.snapshotPath(), func(seq int64) (string, error) {
		link, err := p.linkAt(ctx, seq)
		return fmt.Sprintf(stampForm, docsVersion, link, day), err
	})
}

func (p *Portal) today() db.Date { return db.DateOf(p.DB.Now().In(p.Zone)) }

// renewSearch takes the things that a batch touched into the index.
func (p *Portal) renewSearch(ctx context.Context, batch []journal.Entry) error {
	change := search.Batch{Seq: batch[len(batch)-1].Seq}
	touched, err := p.touchedBy(ctx, batch)
	if err != nil {
		return err
	}
	for kind, docs := range p.searched() {
		there := map[ref.ID]bool{}
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(touched[kind])), docsAtOnce) {
			if err := docs(ctx, ids, func(d search.Doc) error {
				there[d.ID] = true
				change.Put = append(change.Put, d)
				return nil
			}); err != nil {
				return err
			}
		}
		for id := range touched[kind] {
			if !there[id] {
				change.Delete = append(change.Delete, search.Key{Kind: kind, ID: id})
			}
		}
	}
	p.Search.Apply(change)
	return nil
}

// docsAtOnce is how many things are read with one statement.
const docsAtOnce = 400

// touchedBy lists by kind the things that a batch touched. With an organization
// go its projects, calls and awards, which are found by its name.
func (p *Portal) touchedBy(ctx context.Context, batch []journal.Entry) (map[string]map[ref.ID]bool, error) {
	touched := map[string]map[ref.ID]bool{}
	touch := func(kind string, id ref.ID) {
		if touched[kind] == nil {
			touched[kind] = map[ref.ID]bool{}
		}
		touched[kind][id] = true
	}
	for _, e := range batch {
		touch(e.Thing.Kind, e.Thing.ID)
		touch(e.Root.Kind, e.Root.ID)
	}
	named := slices.Collect(maps.Keys(touched[orgs.Kind]))
	theirs, err := p.Projects.CarriedOutBy(ctx, named)
	if err != nil {
		return nil, err
	}
	for _, id := range theirs {
		touch(projects.KindProject, id)
	}
	made, err := p.Funding.CallsMadeBy(ctx, named)
	if err != nil {
		return nil, err
	}
	for _, id := range made {
		touch(funding.KindCall, id)
	}
	won, err := p.Awards.RoundsNaming(ctx, named)
	for _, id := range won {
		touch(awards.KindRound, id)
	}
	return touched, err
}

// turnDays waits for midnight: states are a rule over facts and the clock, so
// with the day the index and the pages turn. The first look goes back to the last
// midnight: an index of today may have been saved before a call opened or closed while
// the portal stood still.
func (p *Portal) turnDays(ctx context.Context) error {
	day := p.today()
	now := day.In(p.Zone)
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		if today := p.today(); today != day {
			day = today
			p.refill()
		}
		last := now
		now = p.DB.Now()
		if err := p.turnCalls(ctx, last, now); err != nil && ctx.Err() == nil {
			p.Config.Log.Error("calls that opened or closed", slog.Any("err", err))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// turnCalls takes into the index the calls whose phase the clock changed between two
// looks: a round opens and closes at its minute, not at midnight.
func (p *Portal) turnCalls(ctx context.Context, after, until time.Time) error {
	ids, err := p.Funding.Turned(ctx, after, until)
	if err != nil || len(ids) == 0 {
		return err
	}
	change := search.Batch{Seq: p.Search.Seq()}
	err = p.searched()[funding.KindCall](ctx, ids, func(d search.Doc) error {
		change.Put = append(change.Put, d)
		return nil
	})
	if err != nil {
		return err
	}
	p.Search.Apply(change)
	if p.Memory != nil {
		p.Memory.Drop(funding.KindCall)
	}
	return nil
}
