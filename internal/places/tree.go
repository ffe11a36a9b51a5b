package places

import (
	"bytes"
	"slices"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Tree is the whole country at one moment. It never changes.
type Tree struct {
	byID     map[ref.ID]Place
	byKATO   map[string]ref.ID
	children map[ref.ID][]Place
	all      []Place
}

// newTree takes the places in the order of the Kazakh alphabet.
func newTree(all []Place) *Tree {
	t := &Tree{byID: map[ref.ID]Place{}, byKATO: map[string]ref.ID{}, children: map[ref.ID][]Place{}, all: all}
	for _, p := range all {
		t.byID[p.ID] = p
		for _, code := range p.Former {
			t.byKATO[code] = p.ID
		}
		if p.Until.IsZero() {
			t.children[p.ParentID] = append(t.children[p.ParentID], p)
		}
	}
	for _, p := range all { // a code of today wins over the same code of the past
		if p.KATO != "" {
			t.byKATO[p.KATO] = p.ID
		}
	}
	return t
}

// Place is the place with the id.
func (t *Tree) Place(id ref.ID) (Place, bool) {
	p, ok := t.byID[id]
	return p, ok
}

// Now is the place that stands for id today: itself, or what it was joined to.
func (t *Tree) Now(id ref.ID) (Place, bool) {
	p, ok := t.byID[id]
	for range 20 { // a circle would be a fault of the data, not a reason to hang
		if !ok || p.ReplacedBy == 0 {
			return p, ok
		}
		p, ok = t.byID[p.ReplacedBy]
	}
	return p, ok
}

// ByKATO is the place that has the code, or had it, as it stands today. When
// the code is an old one, its KATO differs from the code.
func (t *Tree) ByKATO(code string) (Place, bool) {
	id, ok := t.byKATO[code]
	if !ok {
		return Place{}, false
	}
	return t.Now(id)
}

// ByCode reads what Place.Code wrote, also when it is old by now.
func (t *Tree) ByCode(s string) (Place, bool) {
	if IsCode(s) {
		return t.ByKATO(s)
	}
	id, ok := ref.ParseID(s)
	if !ok {
		return Place{}, false
	}
	return t.Now(id)
}

// Typed is the place that a person means by a code, an id or a name.
func (t *Tree) Typed(s string) (Place, bool) {
	if p, ok := t.ByCode(s); ok {
		return p, true
	}
	return t.Find(s, 0)
}

// Form is what a page hands over of a form: a line of it, and where a fault of it is said.
type Form interface {
	Line(field string) string
	Reject(bad bool, field, key string, args ...any)
}

// Read reads the place that a person typed; 0 is none. What is not known, or could
// be several, is said beside the field.
func (t *Tree) Read(f Form, field string) ref.ID {
	s := f.Line(field)
	if s == "" {
		return 0
	}
	p, ok := t.Typed(s)
	f.Reject(!ok, field, "form.unknown_place")
	return p.ID
}

// Path is the place and the places around it, the widest last. The country is
// not a place. It is empty for an unknown id.
func (t *Tree) Path(id ref.ID) []ref.ID {
	var path []ref.ID
	for range len(AllKinds) {
		p, ok := t.byID[id]
		if !ok {
			break
		}
		path = append(path, id)
		id = p.ParentID
	}
	return path
}

// Region is the region or city of the republic in which the place lies.
func (t *Tree) Region(id ref.ID) (Place, bool) {
	path := t.Path(id)
	if len(path) == 0 {
		return Place{}, false
	}
	return t.Place(path[len(path)-1])
}

// District is the place itself, or the district or city around it when it is
// narrower: how closely people at risk may be placed.
func (t *Tree) District(id ref.ID) ref.ID {
	for _, around := range t.Path(id) {
		if p := t.byID[around]; p.Kind == District || p.Kind == City || p.Kind == Region {
			return around
		}
	}
	return id
}

// Within tells whether the place is, or lies in, the wider one; everything lies
// in the country, which is 0.
func (t *Tree) Within(id, wider ref.ID) bool {
	return wider == 0 || slices.Contains(t.Path(id), wider)
}

// Below lists the places with these ids and all places of today within them.
func (t *Tree) Below(ids ...ref.ID) (out []ref.ID) {
	for _, id := range ids {
		if slices.Contains(out, id) {
			continue
		}
		out = append(out, id)
		for _, c := range t.children[id] {
			out = append(out, t.Below(c.ID)...)
		}
	}
	return out
}

// Children are the places of today directly in the one with the id, in the order
// of the Kazakh alphabet.
func (t *Tree) Children(id ref.ID) []Place { return slices.Clone(t.children[id]) }

// Choices hands over the places that a filter offers, from the regions down: those
// in which counts finds something, by id, and those that are chosen by code or
// hold a chosen one, which are opened; depth counts from 0.
func (t *Tree) Choices(codes []string, counts map[int64]int, yield func(p Place, depth int)) {
	wide := map[ref.ID]bool{}
	for _, code := range codes {
		if chosen, ok := t.ByCode(code); ok {
			for _, around := range t.Path(chosen.ID) {
				wide[around] = true
			}
		}
	}
	var down func(around ref.ID, depth int)
	down = func(around ref.ID, depth int) {
		for _, p := range t.children[around] {
			if wide[p.ID] || counts[int64(p.ID)] > 0 {
				yield(p, depth)
			}
			if wide[p.ID] {
				down(p.ID, depth+1)
			}
		}
	}
	down(0, 0)
}

// Regions are the regions and cities of the republic, without samples.
func (t *Tree) Regions() []Place {
	return slices.DeleteFunc(t.Children(0), func(p Place) bool { return p.Sample })
}

// Samples are the regions of invented samples.
func (t *Tree) Samples() []Place {
	return slices.DeleteFunc(t.Children(0), func(p Place) bool { return !p.Sample })
}

// Find looks for a place of today by its name, in Kazakh, Russian or English,
// with or without the word for its kind, anywhere within the wider one (0 is the
// country). When the name fits several places, the one highest in the tree wins;
// when several stand equally high, there is no answer.
func (t *Tree) Find(name string, within ref.ID) (Place, bool) {
	var best []Place
	var high int
	for _, p := range t.all {
		if !p.Until.IsZero() || p.ID == within || !t.Within(p.ID, within) || !p.called(name) {
			continue
		}
		depth := len(t.Path(p.ID))
		if len(best) == 0 || depth < high {
			best, high = []Place{p}, depth
		} else if depth == high {
			best = append(best, p)
		}
	}
	if len(best) != 1 {
		return Place{}, false
	}
	return best[0], true
}

func (p Place) called(name string) bool {
	_, kk, kindKK := readName(name, signsKK)
	_, ru, kindRU := readName(name, signsRU)
	kind := kindKK
	if kind == "" {
		kind = kindRU
	}
	if kind != "" && kind != p.Kind && !(kind == Village && p.Kind == Town) {
		return false
	}
	if kindKK == "" {
		kk = ru
	}
	if kindRU == "" {
		ru = kk
	}
	return samePart(p.Name.KK, kk, signsKK) || samePart(p.Name.RU, ru, signsRU) || p.Name.EN != "" && fold(p.Name.EN) == fold(name)
}

// Len counts all places, those of the past too.
func (t *Tree) Len() int { return len(t.all) }

// SortByName puts places in the order of the alphabet of the reader's language.
func SortByName(ps []Place, l i18n.Lang) {
	key := func(p Place) []byte {
		s, _ := p.Name.In(l)
		_, bare, _ := readName(s, map[i18n.Lang][]sign{i18n.KK: signsKK, i18n.RU: signsRU}[l])
		return i18n.SortKey(l, bare)
	}
	slices.SortStableFunc(ps, func(a, b Place) int { return bytes.Compare(key(a), key(b)) })
}
