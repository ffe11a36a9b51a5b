package places

import (
	"context"
	"slices"
	"sync/atomic"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Service keeps the tree of places.
type Service struct {
	db   *db.DB
	tree atomic.Pointer[Tree]
	// InUse tells of which places other rooms speak, so that undoing an import
	// leaves them; without it none does.
	InUse func(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error)
}

// New opens the room; call Reload before the first use of Tree.
func New(d *db.DB) *Service {
	s := &Service{db: d}
	s.tree.Store(newTree(nil))
	return s
}

// Tree is the country as it was at the last Reload.
func (s *Service) Tree() *Tree { return s.tree.Load() }

// Reload reads the tree anew.
func (s *Service) Reload(ctx context.Context) error {
	var ps []Place
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		ps, err = all(ctx, tx)
		return err
	})
	if err == nil {
		s.tree.Store(newTree(ps))
	}
	return err
}

// FreshSortKeys makes the stored sort keys of an older alphabet anew; it runs
// once when the portal starts.
func (s *Service) FreshSortKeys(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error { return freshSortKeys(ctx, tx) })
}

// Add adds a place. A code that another place has is a Conflict.
func (s *Service) Add(ctx context.Context, by access.Actor, n NewPlace) (p Place, err error) {
	if err := mayKeep(by); err != nil {
		return Place{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		ps, err := all(ctx, tx)
		if err != nil {
			return err
		}
		p, err = addTo(ctx, tx, by, newTree(ps), n)
		return err
	})
	if err != nil {
		return Place{}, err
	}
	return p, s.Reload(ctx)
}

func addTo(ctx context.Context, tx *db.Tx, by access.Actor, t *Tree, n NewPlace) (Place, error) {
	var around *Place
	if n.ParentID != 0 {
		p, ok := t.Place(n.ParentID)
		if !ok {
			return Place{}, problem.New(problem.NotFound, "problem.not_found")
		}
		around = &p
	}
	if err := n.check(around); err != nil {
		return Place{}, err
	}
	if other, taken := t.byKATO[n.KATO]; n.KATO != "" && taken {
		return Place{}, problem.New(problem.Conflict, "places.kato_taken", "place", t.byID[other].Name)
	}
	p := Place{KATO: n.KATO, ParentID: n.ParentID, Kind: n.Kind, Name: n.Name.Trim(), Since: n.Since}
	if around != nil {
		p.Rural, p.Sample = isRural(n.Kind, around.Kind), around.Sample
	} else {
		p.Sample = SampleCode(n.KATO)
	}
	return p, put(ctx, tx, by, &p)
}

// put gives a new place its id and writes it with its entry.
func put(ctx context.Context, tx *db.Tx, by access.Actor, p *Place) error {
	p.ID, p.Version, p.Former = tx.NewID(), 1, []string{}
	if err := insert(ctx, tx, *p); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "places.add", nil, *p)
}

// Join ends a place of which another one took over the ground: its address and
// its codes lead there from now on.
func (s *Service) Join(ctx context.Context, by access.Actor, id, into ref.ID) error {
	if err := mayKeep(by); err != nil {
		return err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		ps, err := all(ctx, tx)
		if err != nil {
			return err
		}
		t := newTree(ps)
		old, ok := t.Place(id)
		target, there := t.Now(into)
		switch {
		case !ok || !there:
			return problem.New(problem.NotFound, "problem.not_found")
		case t.Within(target.ID, id) || old.Sample != target.Sample || !old.Until.IsZero():
			return problem.New(problem.Conflict, "places.cannot_join", "place", old.Name, "into", target.Name)
		}
		now := old
		now.ReplacedBy, now.Until = target.ID, db.DateOf(tx.Now())
		return change(ctx, tx, by, "places.join", old, now)
	})
	if err != nil {
		return err
	}
	return s.Reload(ctx)
}

// change writes the next version of a place with its entry.
func change(ctx context.Context, tx *db.Tx, by access.Actor, act string, old, now Place) error {
	now.Version = old.Version + 1
	if err := save(ctx, tx, now); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, act, old, now)
}

// widthOf is how many figures of a code say something: fewer for a wider place.
func widthOf(code string) int {
	for i := len(code); i > 0; i-- {
		if code[i-1] != '0' {
			return i
		}
	}
	return 0
}

// matcher finds the place that a row means.
type matcher struct {
	byCode   map[string]Place
	byParent map[ref.ID][]Place // without a code
	lost     map[string][]Place // by folded name: places that may have got another code
}

func newMatcher(ps []Place) *matcher {
	m := &matcher{byCode: map[string]Place{}, byParent: map[ref.ID][]Place{}, lost: map[string][]Place{}}
	for _, p := range ps {
		switch {
		case p.Sample || !p.Until.IsZero():
		case p.KATO == "":
			m.byParent[p.ParentID] = append(m.byParent[p.ParentID], p)
		default:
			m.byCode[p.KATO] = p
			m.lost[lostKey(p.Name, p.Kind)] = append(m.lost[lostKey(p.Name, p.Kind)], p)
		}
	}
	return m
}

func lostKey(name i18n.Text, k Kind) string {
	_, bare, _ := readName(name.KK, signsKK)
	return string(k) + " " + fold(bare)
}

// around is the place around a row, by its column or by the digits of its code;
// the zero Place for a region.
func (m *matcher) around(r Row) (Place, bool) {
	if r.Parent != "" {
		p, ok := m.byCode[r.Parent]
		return p, ok
	}
	for _, code := range around(r.Code) {
		if p, ok := m.byCode[code]; ok {
			return p, true
		}
	}
	return Place{}, widthOf(r.Code) <= 2
}

func (m *matcher) take(ctx context.Context, tx *db.Tx, by access.Actor, r Row, around Place) error {
	name, kind := r.read(around.Kind)
	old, known := m.find(r, name, kind, around.ID)
	if !known {
		p := Place{KATO: r.Code, ParentID: around.ID, Kind: kind, Name: name, Rural: isRural(kind, around.Kind)}
		if err := put(ctx, tx, by, &p); err != nil {
			return err
		}
		m.byCode[p.KATO] = p
		return nil
	}
	now := old.as(r.Code, around, name)
	if same(old, now) {
		return nil
	}
	if err := change(ctx, tx, by, "places.import", old, now); err != nil {
		return err
	}
	now.Version++
	m.byCode[now.KATO] = now
	return nil
}

// find looks for the place of a row: by its code; by name among the places that
// have no code yet; by name among those that lost their code.
func (m *matcher) find(r Row, name i18n.Text, kind Kind, parent ref.ID) (Place, bool) {
	if p, ok := m.byCode[r.Code]; ok {
		return p, true
	}
	for i, p := range m.byParent[parent] {
		if p.Kind == kind && sameName(p.Name, name) {
			m.byParent[parent] = slices.Delete(m.byParent[parent], i, i+1)
			return p, true
		}
	}
	return m.findLost(lostKey(name, kind), parent)
}

// findLost takes a place that lost its code, in the same surroundings.
func (m *matcher) findLost(key string, parent ref.ID) (Place, bool) {
	lost := m.lost[key]
	i := slices.IndexFunc(lost, func(p Place) bool { return p.ParentID == parent })
	if i < 0 {
		return Place{}, false
	}
	p := lost[i]
	m.lost[key] = slices.Delete(slices.Clone(lost), i, i+1)
	return p, true
}

// as is the place as a row of the table has it. A name that means the same is
// left as people know it.
func (p Place) as(code string, around Place, name i18n.Text) Place {
	if p.KATO != code && p.KATO != "" {
		p.Former = append(slices.Clone(p.Former), p.KATO)
	}
	p.KATO, p.ParentID, p.Rural = code, around.ID, isRural(p.Kind, around.Kind)
	if !sameName(p.Name, name) {
		p.Name = name
	}
	return p
}

func same(a, b Place) bool {
	return a.KATO == b.KATO && a.ParentID == b.ParentID && a.Name == b.Name && a.Rural == b.Rural
}
