package orgs

import (
	"context"
	"slices"
	"time"

	"birge/internal/accounts"
	"birge/internal/norms"
	"birge/internal/obligations"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Deps is what the register needs of the rooms below it.
type Deps struct {
	Zone        *time.Location
	Accounts    *accounts.Service
	Places      *places.Service
	Obligations *obligations.Service
	// Terms knows the codes of kinds, legal forms and spheres; FindTerm finds the
	// code of a term by its code or its name, "" when there is none.
	Terms    Terms
	FindTerm func(list, s string) string
	// InUse tells of which organizations other rooms speak; without it none does.
	InUse func(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error)
	// MAC keys the hashes of tied persons.
	MAC func(purpose string, data []byte) []byte
	// SendCode enqueues the letter with the code of a claim to the register's
	// address; without it no claim can be proved by mail. TellLeads enqueues the
	// letters that tell present leads of a claim; without it they see it on the
	// page of the organization.
	SendCode  func(ctx context.Context, tx *db.Tx, c Claim, org Organization, code string) error
	TellLeads func(ctx context.Context, tx *db.Tx, c Claim, org Organization, leads []ref.ID) error
	// TellSender enqueues the answer to whoever asked for a correction.
	TellSender func(ctx context.Context, tx *db.Tx, c Correction, page ref.Ref) error
	// Pages find pages of other rooms that may be corrected, by kind.
	Pages map[string]FindPage
	// Norm is a norm as it holds on a date.
	Norm func(key string, on db.Date) (norms.Norm, bool)
}

// Service keeps the register.
type Service struct {
	db *db.DB
	Deps
}

// New makes the service.
func New(d *db.DB, deps Deps) *Service { return &Service{db: d, Deps: deps} }

// Today is the day it is on the portal.
func (s *Service) Today() db.Date { return db.DateOf(s.db.Now().In(s.Zone)) }

func (s *Service) today(tx *db.Tx) db.Date { return db.DateOf(tx.Now().In(s.Zone)) }

// PlaceOf finds a place and what is around it; ok is false when there is none.
func (s *Service) PlaceOf(id ref.ID) (Place, bool) {
	tree := s.Places.Tree()
	p, ok := tree.Place(id)
	if !ok {
		return Place{}, false
	}
	return Place{Ref: p.Ref(), Path: tree.Path(id), Rural: p.Rural}, true
}

// leads lists who speaks for an organization.
func leads(ctx context.Context, tx *db.Tx, org ref.ID) ([]ref.ID, error) {
	persons, err := accounts.Holders(ctx, tx, access.Lead, org)
	ids := make([]ref.ID, len(persons))
	for i, p := range persons {
		ids[i] = p.ID
	}
	return ids, err
}

// Create enters an organization into the register.
func (s *Service) Create(ctx context.Context, by access.Actor, d Draft) (o Organization, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err = s.CreateIn(ctx, tx, by, d, "hand", false)
		return err
	})
	return o, err
}

// CreateIn is Create in somebody's transaction: of an import, of the sample.
func (s *Service) CreateIn(ctx context.Context, tx *db.Tx, by access.Actor, d Draft, source string, sample bool) (Organization, error) {
	place, placed := s.PlaceOf(d.PlaceID)
	if err := MayKeepRegister(by, place); err != nil {
		return Organization{}, err
	}
	d, bad := d.clean(s.Terms, placed, s.today(tx))
	if bad != nil {
		return Organization{}, bad.Err()
	}
	o := Organization{ID: tx.NewID(), Version: 1, Draft: d, Rural: place.Rural, Source: source, Sample: sample}
	if err := insert(ctx, tx, o); err != nil {
		return o, err
	}
	return o, journal.Record(ctx, tx, by.As(access.Officer, d.PlaceID), "orgs.create", nil, o)
}

// Edit changes an organization that was read at a version. A lead changes what
// the organization says of itself; what the register says stays.
func (s *Service) Edit(ctx context.Context, by access.Actor, id ref.ID, version int64, d Draft) (o Organization, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		o, err = s.editIn(ctx, tx, by, id, version, d)
		return err
	})
	return o, err
}

// Editable gives an organization to somebody who may change its page; officer
// tells that what the register says may be changed too.
func (s *Service) Editable(ctx context.Context, by access.Actor, id ref.ID) (o Organization, officer bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if o, err = living(ctx, tx, id); err != nil {
			return err
		}
		place, _ := s.PlaceOf(o.PlaceID)
		officer = MayKeepRegister(by, place) == nil
		return MayEdit(by, o, place)
	})
	return o, officer, err
}

func (s *Service) editIn(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID, version int64, d Draft) (Organization, error) {
	o, err := living(ctx, tx, id)
	if err != nil {
		return o, err
	}
	place, _ := s.PlaceOf(o.PlaceID)
	if err := MayEdit(by, o, place); err != nil {
		return o, err
	}
	if version != o.Version {
		return o, problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	officer := MayKeepRegister(by, place) == nil
	if !officer {
		d = d.keptByOfficer(o.Draft)
	}
	to, placed := s.PlaceOf(d.PlaceID)
	if officer && placed {
		if err := MayKeepRegister(by, to); err != nil {
			return o, err
		}
	}
	d, bad := d.clean(s.Terms, placed, s.today(tx))
	if bad != nil {
		return o, bad.Err()
	}
	before := o
	o.Draft, o.Rural, o.Version = d, to.Rural, version
	role, scope := access.Lead, o.ID
	if officer {
		role, scope = access.Officer, to.ID
	}
	return s.save(ctx, tx, by.As(role, scope), "orgs.edit", before, o)
}

// save writes o over before and records the act.
func (s *Service) save(ctx context.Context, tx *db.Tx, by access.Actor, act string, before, o Organization) (Organization, error) {
	if err := update(ctx, tx, o); err != nil {
		return o, err
	}
	o.Version++
	return o, journal.Record(ctx, tx, by, act, before, o)
}

// living reads an organization that is no merged page.
func living(ctx context.Context, tx *db.Tx, id ref.ID) (Organization, error) {
	o, err := byID(ctx, tx, id)
	if err == nil && !o.Living() {
		err = problem.New(problem.Conflict, "orgs.merged")
	}
	return o, err
}

// ByID reads one organization, also one that was merged into another.
func (s *Service) ByID(ctx context.Context, id ref.ID) (o Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		o, err = byID(ctx, tx, id)
		return err
	})
	return o, err
}

// ByBIN reads the living organization with a BIN.
func (s *Service) ByBIN(ctx context.Context, bin string) (o Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		var ok bool
		if o, ok, err = byBIN(ctx, tx, bin); err == nil && !ok {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		return err
	})
	return o, err
}

// ByBINIn finds the living organization with a BIN in somebody's transaction.
func (s *Service) ByBINIn(ctx context.Context, tx *db.Tx, bin string) (Organization, bool, error) {
	return byBIN(ctx, tx, bin)
}

// ByBINs finds the living organizations with the BINs, by BIN.
func ByBINs(ctx context.Context, tx *db.Tx, bins []string) (map[string]Organization, error) {
	out := make(map[string]Organization, len(bins))
	for part := range slices.Chunk(bins, 300) {
		rows, err := withBINs(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			out[o.BIN] = o
		}
	}
	return out, nil
}

// OfKind gives at most so many organizations of a kind that are there, the newest first.
func OfKind(ctx context.Context, tx *db.Tx, kind string, limit int) ([]Organization, error) {
	return ofKind(ctx, tx, kind, limit)
}

// ByIDs reads organizations by id. An id of a merged page gives the page that
// took its place; an unknown id gives nothing.
func (s *Service) ByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Organization, error) {
	return ByIDs(ctx, tx, ids)
}

// ByIDs is Service.ByIDs for those who have only a transaction.
func ByIDs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]Organization, error) {
	out := make(map[ref.ID]Organization, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := inIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var moved []ref.ID
	for _, o := range rows {
		out[o.ID] = o
		if !o.Living() {
			moved = append(moved, o.MergedInto)
		}
	}
	if len(moved) == 0 {
		return out, nil
	}
	heirs, err := ByIDs(ctx, tx, moved)
	for _, o := range rows {
		if heir, ok := heirs[o.MergedInto]; ok {
			out[o.ID] = heir
		}
	}
	return out, err
}

// Refs names organizations by id as ByIDs finds them, without reading the rest.
func Refs(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]ref.Ref, error) {
	out := make(map[ref.ID]ref.Ref, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := namesByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var moved []ref.ID
	for _, o := range rows {
		out[o.ID] = o.Ref()
		if !o.Living() {
			moved = append(moved, o.MergedInto)
		}
	}
	heirs, err := Refs(ctx, tx, moved)
	for _, o := range rows {
		if heir, ok := heirs[o.MergedInto]; ok {
			out[o.ID] = heir
		}
	}
	return out, err
}

// Named is Refs for those who have no transaction.
func (s *Service) Named(ctx context.Context, ids []ref.ID) (names map[ref.ID]ref.Ref, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		names, err = Refs(ctx, tx, ids)
		return err
	})
	return names, err
}

// Family lists the id of an organization and of all pages merged into it: who
// asks for its projects or obligations asks for all of them.
func Family(ctx context.Context, tx *db.Tx, id ref.ID) ([]ref.ID, error) {
	merged, err := mergedInto(ctx, tx, id)
	ids := []ref.ID{id}
	for _, o := range merged {
		ids = append(ids, o.ID)
	}
	return ids, err
}

// Each streams all living organizations by id.
func (s *Service) Each(ctx context.Context, yield func(Organization) error) error {
	return db.Stream(ctx, s.db, streamStep, func(o Organization) ref.ID { return o.ID }, func(tx *db.Tx, last ref.ID) ([]Organization, error) {
		return after(ctx, tx, last, streamStep)
	}, yield)
}

const streamStep = 500

// InOrder reads organizations in the order of the ids; an id of a merged page
// gives the page that took its place.
func (s *Service) InOrder(ctx context.Context, ids []ref.ID) (out []Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		byID, err := ByIDs(ctx, tx, ids)
		out = out[:0]
		for _, id := range ids {
			if o, ok := byID[id]; ok {
				out = append(out, o)
			}
		}
		return err
	})
	return out, err
}

// Latest gives the living organizations that were entered last.
func (s *Service) Latest(ctx context.Context, limit int) (out []Organization, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = latest(ctx, tx, limit)
		return err
	})
	return out, err
}
