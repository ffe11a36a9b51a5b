package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/search"
)

// shop is a portal that opens and closes on one folder.
type shop struct {
	t     *testing.T
	dir   string
	clock *dbtest.Clock
	log   bytes.Buffer
}

func (s *shop) open() *Portal {
	s.t.Helper()
	s.log.Reset()
	s.clock.Advance(time.Second) // or a new process would make the ids of the last one
	p, err := Open(s.t.Context(), Config{Data: s.dir, Zone: "Asia/Almaty", Clock: s.clock.Now, Log: slog.New(slog.NewTextHandler(&s.log, nil))})
	s.must(err)
	return p
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// run lets p serve until what it does with the running portal is done, and closes it.
func (s *shop) run(p *Portal, do func()) {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan error, 1)
	go func() { done <- p.RunOn(ctx, listener) }()
	s.must(p.AwaitReady(ctx))
	do()
	cancel()
	s.must(<-done)
	s.must(p.Close())
}

func (s *shop) enter(p *Portal, name string) {
	s.t.Helper()
	_, err := p.Orgs.Create(s.t.Context(), access.Portal("test"), orgs.Draft{Kind: orgs.NGO, Name: i18n.Text{KK: name}, PlaceID: p.Places.Tree().Regions()[0].ID})
	s.must(err)
	s.must(p.Sealer.Seal(s.t.Context()))
}

func (s *shop) finds(p *Portal, word string, want int) {
	s.t.Helper()
	if got := p.Search.Search(orgs.Kind, search.Query{Text: word}).Total; got != want {
		s.t.Errorf("%q finds %d, want %d", word, got, want)
	}
}

// start takes up the snapshot on disk, as a portal that starts does, and follows
// the chain from there to its end.
func (s *shop) start(p *Portal) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	var now int64
	s.must(p.DB.View(ctx, func(tx *db.Tx) (err error) {
		now, err = journal.Seq(ctx, tx)
		return err
	}))
	from := p.loadSearch(ctx, now)
	if from == now {
		return
	}
	err := journal.Follow(ctx, p.DB, from, func(batch []journal.Entry) error {
		if batch[len(batch)-1].Seq == now {
			defer cancel()
		}
		return p.renew(ctx, batch)
	})
	if !errors.Is(err, context.Canceled) {
		s.t.Fatal(err)
	}
}

// taken tells whether the snapshot on disk is taken up by a portal that opens now.
func (s *shop) taken() bool {
	s.t.Helper()
	p := s.open()
	defer func() { s.must(p.Close()) }()
	s.start(p)
	return p.searchWhole()
}

func newShop(t *testing.T) *shop {
	s := &shop{t: t, dir: t.TempDir(), clock: dbtest.NewClock()}
	p := s.open()
	s.must(p.LoadFacts(t.Context()))
	s.enter(p, "Бұлақ")
	s.run(p, func() { s.finds(p, "бұлақ", 1) })
	return s
}

func TestTheSearchIsTakenUpWhereItWasLeft(t *testing.T) {
	s := newShop(t)
	p := s.open()
	s.enter(p, "Тоғай") // after the snapshot, before the next start
	s.start(p)
	s.finds(p, "тоғай", 1)
	s.finds(p, "бұлақ", 1)
	if len(p.index.stale) > 0 || s.log.Len() > 0 {
		t.Errorf("it is to be filled anew: %s", s.log.String())
	}
	s.must(p.Close())
}

func TestTheSearchOfAnotherDayIsFilledAnew(t *testing.T) {
	s := newShop(t)
	s.clock.Advance(24 * time.Hour)
	p := s.open()
	s.start(p)
	if !p.searchWhole() || len(p.index.stale) != 1 {
		t.Error("yesterday's answers are to serve until today's are there")
	}
	s.must(p.fillOnce(t.Context()))
	if asOf := *p.index.asOf.Load(); asOf != p.today() {
		t.Errorf("as of %v on %v", asOf, p.today())
	}
	s.must(p.Close())
}

func TestASnapshotThatDoesNotFitIsThrownAway(t *testing.T) {
	s := newShop(t)
	path := filepath.Join(s.dir, "search.index")
	whole, err := os.ReadFile(path)
	s.must(err)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 1
	other := newShop(t)
	foreign, err := os.ReadFile(filepath.Join(other.dir, "search.index"))
	s.must(err)
	for name, content := range map[string][]byte{"damaged": damaged, "of another portal": foreign, "cut": whole[:len(whole)/2]} {
		s.must(os.WriteFile(path, content, 0o600))
		if s.taken() {
			t.Errorf("a snapshot that is %s is taken up", name)
		}
		p := s.open()
		s.run(p, func() { s.finds(p, "бұлақ", 1) })
		if !s.taken() {
			t.Errorf("one that is %s is not replaced", name)
		}
	}
}
