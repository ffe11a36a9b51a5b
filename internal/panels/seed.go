package panels

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	mathrand "math/rand/v2"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// The kinds of the entries of a draw.
const (
	KindSeat = "panel_seat"
	KindDraw = "panel_draw"
	KindStep = "panel_step"
)

// Seat is the number under which an expert sits in a panel.
type Seat struct {
	ID       ref.ID  `json:"id"`
	Version  int64   `json:"version"`
	PanelID  ref.ID  `json:"panel_id"`
	ExpertID ref.ID  `json:"expert_id"`
	No       int     `json:"no"`
	JoinedAt db.Time `json:"joined_at"`
}

// Ref names the seat; its page is the desk of the expert.
func (s Seat) Ref() ref.Ref { return ref.Ref{Kind: KindSeat, ID: s.ID, Path: "/desk/marks"} }

// Root is the panel.
func (s Seat) Root() ref.Ref { return ref.Ref{Kind: KindPanel, ID: s.PanelID} }

// JournalVersion is always 1: a seat never changes.
func (s Seat) JournalVersion() int64 { return s.Version }

// Public is never true of a seat.
func (s Seat) Public() bool { return false }

// Drawn are the frozen lists of a panel and the salt of their hash. They are
// published in the file of the draw once it is made.
type Drawn struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	PanelID ref.ID `json:"panel_id"`
	Salt    string `json:"salt"`
	Lists   Lists  `json:"lists"`
}

// Ref names the lists.
func (d Drawn) Ref() ref.Ref { return ref.Ref{Kind: KindDraw, ID: d.ID} }

// Root is the panel.
func (d Drawn) Root() ref.Ref { return ref.Ref{Kind: KindPanel, ID: d.PanelID} }

// JournalVersion is always 1: frozen lists never change.
func (d Drawn) JournalVersion() int64 { return d.Version }

// Public is false: entries made before the draw would show the lists too early.
func (d Drawn) Public() bool { return false }

// TakenStep is a step of a draw as it was taken.
type TakenStep struct {
	ID      ref.ID  `json:"id"`
	Version int64   `json:"version"`
	PanelID ref.ID  `json:"panel_id"`
	No      int     `json:"no"`
	At      db.Time `json:"at"`
	DrawStep
}

// Ref names the step.
func (t TakenStep) Ref() ref.Ref { return ref.Ref{Kind: KindStep, ID: t.ID} }

// Root is the panel.
func (t TakenStep) Root() ref.Ref { return ref.Ref{Kind: KindPanel, ID: t.PanelID} }

// JournalVersion is always 1: a step never changes.
func (t TakenStep) JournalVersion() int64 { return t.Version }

// Public is false: the steps are published in the file of the draw.
func (t TakenStep) Public() bool { return false }

// Freeze fixes who may be drawn for what: every expert of the pool who is not
// paused, every work, and every pair in which a tie is known. Experts get numbers
// by chance, so that a number tells nothing of the person.
func (s *Service) Freeze(ctx context.Context, by access.Actor, panel ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.FreezeIn(ctx, tx, by, panel) })
}

// FreezeIn is Freeze in somebody's transaction.
func (s *Service) FreezeIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID) error {
	return s.change(ctx, tx, by, panel, "panels.freeze", func(r *run) error {
		if err := r.at(Gathering); err != nil {
			return err
		}
		works := living(r.works)
		if len(works) == 0 {
			return problem.New(problem.Conflict, "panels.no_works")
		}
		experts, err := s.poolOf(ctx, tx, r.Panel)
		if err != nil {
			return err
		}
		if len(experts) < r.PerWork {
			return problem.New(problem.Conflict, "panels.few_experts", "n", len(experts), "need", r.PerWork)
		}
		mathrand.Shuffle(len(experts), func(i, j int) { experts[i], experts[j] = experts[j], experts[i] })
		return s.freeze(ctx, tx, r, works, experts)
	})
}

// poolOf lists the experts who may be drawn for a panel.
func (s *Service) poolOf(ctx context.Context, tx *db.Tx, p Panel) ([]Expert, error) {
	people, err := s.holders(ctx, tx, s.poolScopes(p), false)
	if err != nil {
		return nil, err
	}
	ids := make([]ref.ID, len(people))
	for i, x := range people {
		ids[i] = x.ID
	}
	experts, err := expertsOf(ctx, tx, ids)
	return slices.DeleteFunc(experts, func(e Expert) bool { return !e.Drawn() }), err
}

func (s *Service) freeze(ctx context.Context, tx *db.Tx, r *run, works []PanelWork, experts []Expert) error {
	now := db.At(tx.Now())
	d := Drawn{ID: tx.NewID(), Version: 1, PanelID: r.ID, Salt: secret(), Lists: Lists{PerWork: r.PerWork, Exclusions: []Pair{}}}
	seats, changes := make([]Seat, len(experts)), make([]journal.Pair, len(experts))
	for _, w := range works {
		d.Lists.Works = append(d.Lists.Works, listedWork(w))
	}
	before, err := readBeforeOf(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for i, e := range experts {
		seats[i] = Seat{ID: tx.NewID(), Version: 1, PanelID: r.ID, ExpertID: e.ID, No: i + 1, JoinedAt: now}
		changes[i] = journal.Pair{After: seats[i]}
		d.Lists.Experts = append(d.Lists.Experts, listedExpert(e, i+1))
		tied, err := s.tiedTo(ctx, tx, e)
		if err != nil {
			return err
		}
		d.Lists.Exclusions = append(d.Lists.Exclusions, exclusionsOf(i+1, works, tied, before[e.ID])...)
	}
	hash, err := d.Lists.Hash(d.Salt)
	if err != nil {
		return err
	}
	r.Lot = Lot{ListsHash: hash, FrozenAt: now, Experts: len(experts), Works: len(works), Exclusions: len(d.Lists.Exclusions)}
	if err := insertSeats(ctx, tx, seats); err != nil {
		return err
	}
	if err := journal.RecordMany(ctx, tx, r.as, "panels.seat", changes); err != nil {
		return err
	}
	if err := insertDraw(ctx, tx, d); err != nil {
		return err
	}
	return journal.Record(ctx, tx, r.as, "panels.draw.list", nil, d)
}

func listedWork(w PanelWork) ListedWork {
	return ListedWork{No: w.Work.No, Spheres: w.Work.Spheres, Langs: w.Work.Langs}
}

func listedExpert(e Expert, no int) ListedExpert {
	return ListedExpert{No: no, Spheres: e.Spheres, Langs: e.Langs, Most: e.Most}
}

func exclusionsOf(no int, works []PanelWork, tied map[ref.ID]Ground, before map[ref.ID]bool) (out []Pair) {
	for _, w := range works {
		if inConflict(w, tied) || before[w.Work.Ref.ID] {
			out = append(out, Pair{Expert: no, Work: w.Work.No})
		}
	}
	return out
}

// secret is 16 random bytes as text.
func secret() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// Suggestion is a value that a party may take for its part, with its hash. The
// portal keeps neither.
func Suggestion() (value, hash string) {
	value = secret() + secret()
	return value, CommitTo(value)
}

// InviteParty asks an organization for a part of the seed.
func (s *Service) InviteParty(ctx context.Context, by access.Actor, panel ref.ID, party ref.Ref) error {
	return s.seed(ctx, by, panel, "panels.seed.invite", func(l *Lot, now db.Time) error {
		var bad problem.Fields
		bad.Reject(party.IsZero(), "party", "form.required")
		if bad != nil {
			return bad.Err()
		}
		return l.invite(party)
	})
}

// AnnounceDice names a public draw whose result becomes a part of the seed.
func (s *Service) AnnounceDice(ctx context.Context, by access.Actor, panel ref.ID, what i18n.Text, source string) error {
	return s.seed(ctx, by, panel, "panels.seed.announce", func(l *Lot, now db.Time) error { return l.announce(what, source, now) })
}

// DiceFell gives what an announced draw gave; i is the place of the part.
func (s *Service) DiceFell(ctx context.Context, by access.Actor, panel ref.ID, i int, value string) error {
	return s.seed(ctx, by, panel, "panels.seed.dice", func(l *Lot, now db.Time) error { return l.fell(i, value, now) })
}

// GiveUpParts voids the parts of the seed when a party does not open its own.
func (s *Service) GiveUpParts(ctx context.Context, by access.Actor, panel ref.ID, why i18n.Text) error {
	return s.seed(ctx, by, panel, "panels.seed.void", func(l *Lot, now db.Time) error { return l.giveUp(why, now) })
}

// seed applies a rule of the funder's side to the parts of the seed.
func (s *Service) seed(ctx context.Context, by access.Actor, panel ref.ID, act string, rule func(l *Lot, now db.Time) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := s.runIn(ctx, tx, by, panel)
		if err != nil {
			return err
		}
		return s.seedIn(ctx, tx, r.as, r.Panel, act, rule)
	})
}

// CommitPart binds a party to its part by a hash.
func (s *Service) CommitPart(ctx context.Context, by access.Actor, panel, party ref.ID, hash string) error {
	return s.partOf(ctx, by, panel, party, "panels.seed.commit", func(l *Lot, now db.Time) error { return l.commit(party, hash, now) })
}

// OpenPart gives the value of a party's part. With the last one the draw is made.
func (s *Service) OpenPart(ctx context.Context, by access.Actor, panel, party ref.ID, value string) error {
	return s.partOf(ctx, by, panel, party, "panels.seed.open", func(l *Lot, now db.Time) error { return l.open(party, value, now) })
}

// partOf applies a rule of a party.
func (s *Service) partOf(ctx context.Context, by access.Actor, panel, party ref.ID, act string, rule func(l *Lot, now db.Time) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := panelByID(ctx, tx, panel)
		if err != nil {
			return err
		}
		as, ok := s.speaksFor(by, p, party)
		if !ok {
			return problem.New(problem.Forbidden, "panels.party_only")
		}
		return s.seedIn(ctx, tx, as, p, act, rule)
	})
}

// speaksFor: the leads of a party, its funders and its officers; for the funder of
// the panel everybody of its side.
func (s *Service) speaksFor(by access.Actor, p Panel, party ref.ID) (access.Actor, bool) {
	for _, role := range []access.Role{access.Lead, access.Funder, access.Officer} {
		if party != 0 && slices.Contains(by.Scopes(role), party) {
			return by.As(role, party), true
		}
	}
	if party != p.FunderID {
		return by, false
	}
	as, err := mayRun(by, p, s.Places.Tree().Path(p.PlaceID), nil)
	return as, err == nil
}

// seedIn applies a rule to the parts of the seed; when the last one is open, the
// draw is made in the same transaction.
func (s *Service) seedIn(ctx context.Context, tx *db.Tx, as access.Actor, p Panel, act string, rule func(l *Lot, now db.Time) error) error {
	if err := p.at(Seeding); err != nil {
		return err
	}
	before, now := p, db.At(tx.Now())
	if err := rule(&p.Lot, now); err != nil {
		return err
	}
	if !p.Lot.Ready() {
		return s.savePanel(ctx, tx, as, act, before, &p)
	}
	p.Lot.Seed, p.Lot.DrawnAt = SeedOf(p.Lot.ListsHash, p.Lot.values()), now
	if err := s.savePanel(ctx, tx, as, act, before, &p); err != nil {
		return err
	}
	return s.drawFirst(ctx, tx, as, p)
}
