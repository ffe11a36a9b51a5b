package forums

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindPack is the kind of the ref of a hall that was taken along.
const KindPack = "forum_pack"

// Pack is the hall of a forum on a laptop without a network. While it is away, the
// portal changes nothing in it, so that nothing is doubled when it comes home.
type Pack struct {
	ID       ref.ID    `json:"id"`
	Version  int64     `json:"version"`
	ForumID  ref.ID    `json:"forum_id"`
	State    PackState `json:"state"`
	PackedAt db.Time   `json:"packed_at"`
	// EndedAt is when it came home, or was given up.
	EndedAt db.Time `json:"ended_at"`
	// Places and Head are how long the chain of the laptop's journal is, and its end.
	Places int64  `json:"places"`
	Head   string `json:"head"`
}

// PackState is where a hall that was taken along is.
type PackState string

// The states of a pack.
const (
	Away    PackState = "away"
	Home    PackState = "home"
	GivenUp PackState = "given_up" // the laptop is lost: nothing of it will come home
)

// Ref names the pack.
func (p Pack) Ref() ref.Ref { return hallRef(KindPack, p.ID, p.ForumID) }

// JournalVersion is the version of the row.
func (p Pack) JournalVersion() int64 { return p.Version }

// Public tells that everybody may know that a hall was taken along and came home.
func (p Pack) Public() bool { return true }

// Root is the forum.
func (p Pack) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: p.ForumID} }

// Luggage is what a laptop takes along: names, codes and mandates of one forum, no
// password, no address, no link.
type Luggage struct {
	Pack   Pack   `json:"pack"`
	Secret []byte `json:"secret"` // by which the portal knows what comes home
	// Base is the portal's own address, Demo tells that it shows invented data.
	Base     string    `json:"base"`
	Demo     bool      `json:"demo"`
	Forum    Forum     `json:"forum"`
	Sessions []Session `json:"sessions"`
	Stages   []Stage   `json:"stages"`
	People   []Guest   `json:"people"`
	Mandates []Mandate `json:"mandates"`
}

// Guest is what a laptop knows of somebody who takes part.
type Guest struct {
	ID   ref.ID    `json:"id"`
	Code string    `json:"code"`
	Kind Group     `json:"kind"`
	Name string    `json:"name"`
	Org  string    `json:"org"`
	Lang i18n.Lang `json:"lang"`
}

// hallIsHere refuses what changes a hall that is on a laptop; on the laptop, what
// changes it after it has ended.
func (s *Service) hallIsHere(ctx context.Context, tx *db.Tx, forum ref.ID) error {
	p, away, err := packAway(ctx, tx, forum)
	switch {
	case err != nil:
		return err
	case s.Laptop && !away:
		return problem.New(problem.Conflict, "forums.hall_ended_here")
	case !s.Laptop && away:
		return problem.New(problem.Conflict, "forums.hall_is_away", "since", db.DateOf(p.PackedAt.In(s.Zone)))
	}
	return nil
}

// packSecret is the secret of a pack: nobody but the portal and the laptop has it.
func (s *Service) packSecret(id ref.ID) []byte { return s.MAC("forums.hall", []byte(id.String())) }

// PackHall takes the hall of a forum along. From now on it is on the laptop.
func (s *Service) PackHall(ctx context.Context, by access.Actor, forum ref.ID) (l Luggage, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		l = Luggage{}
		f, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		if !f.Public() {
			return problem.New(problem.Conflict, "forums.announce_first")
		}
		if err := s.hallIsHere(ctx, tx, forum); err != nil {
			return err
		}
		votes, err := votesOfForum(ctx, tx, forum)
		if err != nil {
			return err
		}
		for _, v := range votes {
			if v.CountedAt.IsZero() {
				return problem.New(problem.Conflict, "forums.vote_runs")
			}
		}
		l.Pack = Pack{ID: tx.NewID(), Version: 1, ForumID: forum, State: Away, PackedAt: db.At(tx.Now())}
		l.Secret = s.packSecret(l.Pack.ID)
		if err := insertPack(ctx, tx, l.Pack); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, as, "forums.hall.pack", nil, l.Pack); err != nil {
			return err
		}
		return l.fill(ctx, tx, f)
	})
	return l, err
}

// fill puts in what the laptop needs and nothing else.
func (l *Luggage) fill(ctx context.Context, tx *db.Tx, f Forum) (err error) {
	l.Forum = f
	l.Forum.PreviousID = 0 // another forum does not come along
	if l.Sessions, err = SessionsOf(ctx, tx, f.ID); err != nil {
		return err
	}
	for i := range l.Sessions {
		l.Sessions[i].RoomID, l.Sessions[i].TrackID = 0, 0
	}
	if l.Stages, err = stagesOf(ctx, tx, f.ID); err != nil {
		return err
	}
	for i := range l.Stages {
		l.Stages[i].QuestionID, l.Stages[i].VoteID = 0, 0
	}
	people, err := registrationsIn(ctx, tx, f.ID, Admitted)
	if err != nil {
		return err
	}
	for _, x := range people {
		l.People = append(l.People, Guest{ID: x.ID, Code: x.Code, Kind: x.Kind, Name: x.Name, Org: x.Org, Lang: x.Lang})
	}
	l.Mandates, err = mandatesIn(ctx, tx, f.ID)
	return err
}

// Unpack furnishes the empty store of a laptop. Its journal begins with the pack, so
// that the chain belongs to it and to no other.
func (s *Service) Unpack(ctx context.Context, by access.Actor, l Luggage) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := insert(ctx, tx, l.Forum); err != nil {
			return err
		}
		for _, x := range l.Sessions {
			x.People = []Person{}
			if err := insertSession(ctx, tx, x); err != nil {
				return err
			}
		}
		for _, g := range l.People {
			x := Registration{ID: g.ID, Version: 1, ForumID: l.Forum.ID, Code: g.Code, Kind: g.Kind, PlaceID: l.Forum.PlaceID, State: Admitted, RegisteredAt: l.Pack.PackedAt,
				Private: Private{Name: g.Name, Lang: g.Lang, Org: g.Org, Needs: []Need{}}}
			if err := insertRegistration(ctx, tx, x, ""); err != nil {
				return err
			}
		}
		for _, x := range l.Stages {
			if err := putStage(ctx, tx, x); err != nil {
				return err
			}
		}
		for _, m := range l.Mandates {
			if err := insertMandate(ctx, tx, m); err != nil {
				return err
			}
		}
		if err := insertPack(ctx, tx, l.Pack); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "forums.hall.open", nil, l.Pack)
	})
}

// LaptopLinks makes the links of the moderators of every session on the laptop, and
// of its screens.
func (s *Service) LaptopLinks(ctx context.Context, forum ref.ID) (list []SessionLinks, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		list = nil
		f, err := byID(ctx, tx, forum)
		if err != nil {
			return err
		}
		sessions, _, err := halls(ctx, tx, forum, 0)
		for _, x := range sessions {
			one := SessionLinks{Session: x}
			if one.Leads, err = s.entrance(ctx, tx, f, HallLink{SessionID: x.ID, Does: Leads}); err != nil {
				return err
			}
			if one.Shows, err = s.entrance(ctx, tx, f, HallLink{SessionID: x.ID, Does: Shows}); err != nil {
				return err
			}
			list = append(list, one)
		}
		return err
	})
	return list, err
}

// SessionLinks are the links of one session.
type SessionLinks struct {
	Session      Session
	Leads, Shows string
}

// GiveUpHall brings a hall back without what happened on the laptop, which is lost.
func (s *Service) GiveUpHall(ctx context.Context, by access.Actor, forum ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		p, away, err := packAway(ctx, tx, forum)
		if err != nil {
			return err
		}
		if !away {
			return problem.New(problem.Conflict, "forums.hall_is_here")
		}
		before := p
		p.State, p.EndedAt = GivenUp, db.At(tx.Now())
		p.Version++
		if err := updatePack(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "forums.hall.give_up", before, p)
	})
}

const packColumns = `id, version, forum_id, state, packed_at, ended_at, places, head`

func scanPack(r db.Row) (p Pack, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.ForumID, &p.State, &p.PackedAt, &p.EndedAt, &p.Places, &p.Head)
	return p, err
}

func insertPack(ctx context.Context, tx *db.Tx, p Pack) error {
	return tx.ExecOne(ctx, `INSERT INTO forum_packs (`+packColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8) ON CONFLICT DO NOTHING`, p.ID, p.Version, p.ForumID, string(p.State), p.PackedAt, p.EndedAt, p.Places, p.Head)
}

func updatePack(ctx context.Context, tx *db.Tx, p Pack) error {
	return tx.ExecOne(ctx, `UPDATE forum_packs SET state = $1, ended_at = $2, places = $3, head = $4, version = $5 WHERE id = $6 AND version = $7`,
		string(p.State), p.EndedAt, p.Places, p.Head, p.Version, p.ID, p.Version-1)
}

func packByID(ctx context.Context, tx *db.Tx, id ref.ID) (Pack, bool, error) {
	return db.Maybe(ctx, tx, scanPack, `SELECT `+packColumns+` FROM forum_packs WHERE id = $1`, id)
}

func packAway(ctx context.Context, tx *db.Tx, forum ref.ID) (Pack, bool, error) {
	return db.Maybe(ctx, tx, scanPack, `SELECT `+packColumns+` FROM forum_packs WHERE forum_id = $1 AND state = 'away'`, forum)
}

func packsOf(ctx context.Context, tx *db.Tx, forum ref.ID) ([]Pack, error) {
	return db.All(ctx, tx, scanPack, `SELECT `+packColumns+` FROM forum_packs WHERE forum_id = $1 ORDER BY id DESC`, forum)
}

// Unpacked tells that a laptop was furnished.
func (s *Service) Unpacked(ctx context.Context) (there bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		n, err := db.One(ctx, tx, db.Value[int64], `SELECT count(*) FROM forum_packs`)
		there = n > 0
		return err
	})
	return there, err
}
