package orgs

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Row is one line of a table of organizations, as it was typed.
type Row struct {
	Line                  int
	BIN, Kind, LegalForm  string
	NameKK, NameRU        string
	NameEN                string
	Place                 string // KATO code or name
	Spheres               string // codes or names, separated by ; or ,
	Founded, Closed, Head string
}

// Verdict is what an import would do with a row.
type Verdict string

// The verdicts.
const (
	Added   Verdict = "added"
	Changed Verdict = "changed"
	Same    Verdict = "same"
	Refused Verdict = "refused"
)

// Judged is a row with what becomes of it; Faults say by column why it is refused.
type Judged struct {
	Row     Row
	Verdict Verdict
	Org     Organization // what it is after the row; the ID of a new one is 0 until it is applied
	Faults  problem.Fields
}

// Judge tells what an import would do with the rows, and changes nothing. Rows
// are compared with the register and with the rows before them.
func (s *Service) Judge(ctx context.Context, by access.Actor, rows []Row) (out []Judged, err error) {
	seen := map[string]int{}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out = out[:0]
		clear(seen)
		for _, row := range rows {
			j, err := s.judge(ctx, tx, by, row, seen)
			if err != nil {
				return err
			}
			out = append(out, j)
		}
		return nil
	})
	return out, err
}

// importStep is how many rows one transaction takes.
const importStep = 200

// Import takes the good rows, in small transactions, and gives back what became
// of each. Taken again, the same rows change nothing.
func (s *Service) Import(ctx context.Context, by access.Actor, rows []Row) (out []Judged, err error) {
	seen := map[string]int{}
	for part := range slices.Chunk(rows, importStep) {
		var done []Judged
		before := cloned(seen)
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			done, seen = nil, cloned(before)
			for _, row := range part {
				j, err := s.judge(ctx, tx, by, row, seen)
				if err != nil {
					return err
				}
				if err := s.take(ctx, tx, by, &j); err != nil {
					return err
				}
				done = append(done, j)
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		out = append(out, done...)
	}
	return out, nil
}

func cloned(m map[string]int) map[string]int {
	out := make(map[string]int, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (s *Service) judge(ctx context.Context, tx *db.Tx, by access.Actor, row Row, seen map[string]int) (Judged, error) {
	j := Judged{Row: row}
	d, place, bad := s.read(row)
	placed := place.ID != 0
	d, more := d.clean(s.Terms, placed, s.today(tx))
	bad.Merge("", more)
	bad.Reject(placed && MayKeepRegister(by, place) != nil, "place", "orgs.officers_only")
	old, ok, err := Organization{}, false, error(nil)
	if bad == nil {
		old, ok, err = s.match(ctx, tx, d)
	}
	if err != nil {
		return j, err
	}
	for _, key := range keysOf(d, old) {
		first, twice := seen[key]
		bad.Reject(twice, "name", "orgs.import_twice", "line", first)
		seen[key] = row.Line
	}
	if bad != nil {
		j.Verdict, j.Faults = Refused, bad
		return j, nil
	}
	if !ok {
		j.Verdict, j.Org = Added, Organization{Draft: d, Rural: place.Rural, Source: "import"}
		return j, nil
	}
	j.Org, j.Verdict = old, Same
	if j.Org.fill(d) {
		j.Verdict, j.Org.Rural = Changed, place.Rural
	}
	return j, nil
}

// keysOf are what tells two rows of one table apart: the page that they are
// about, the BIN, or the name at its place.
func keysOf(d Draft, old Organization) (keys []string) {
	if old.ID != 0 {
		keys = append(keys, "page "+old.ID.String())
	}
	if d.BIN != "" {
		return append(keys, "bin "+d.BIN)
	}
	for _, f := range folds(d.Name) {
		keys = append(keys, "name "+f+" "+d.PlaceID.String())
	}
	return keys
}

// match finds what a row tells about: by BIN, else by name at the place where
// the name is one body's alone.
func (s *Service) match(ctx context.Context, tx *db.Tx, d Draft) (Organization, bool, error) {
	if d.BIN != "" {
		if o, ok, err := byBIN(ctx, tx, d.BIN); err != nil || ok {
			return o, ok, err
		}
	}
	rows, err := namesakes(ctx, tx, folds(d.Name), d.PlaceID, 0, 2)
	if err != nil || len(rows) != 1 || rows[0].BIN != "" && d.BIN != "" {
		return Organization{}, false, err
	}
	return rows[0], true, nil
}

// fill takes over what a row knows; an empty cell changes nothing.
func (o *Organization) fill(d Draft) (changed bool) {
	set := func(to *string, v string) {
		if v != "" && *to != v {
			*to, changed = v, true
		}
	}
	set(&o.BIN, d.BIN)
	set(&o.Kind, d.Kind)
	set(&o.LegalForm, d.LegalForm)
	set(&o.Head, d.Head)
	name := o.Name
	for _, l := range i18n.Langs {
		if v := d.Name.Get(l); v != "" {
			name.Set(l, v)
		}
	}
	days := func(to *db.Date, v db.Date) {
		if !v.IsZero() && *to != v {
			*to, changed = v, true
		}
	}
	days(&o.Founded, d.Founded)
	days(&o.Closed, d.Closed)
	changed = changed || name != o.Name || o.PlaceID != d.PlaceID
	o.Name, o.PlaceID = name, d.PlaceID
	if len(d.Spheres) > 0 && !slices.Equal(o.Spheres, d.Spheres) {
		o.Spheres, changed = d.Spheres, true
	}
	return changed
}

// take writes a judged row.
func (s *Service) take(ctx context.Context, tx *db.Tx, by access.Actor, j *Judged) (err error) {
	switch j.Verdict {
	case Added:
		j.Org, err = s.CreateIn(ctx, tx, by, j.Org.Draft, "import", false)
	case Changed:
		before, err := byID(ctx, tx, j.Org.ID)
		if err != nil {
			return err
		}
		j.Org, err = s.save(ctx, tx, by.As(access.Officer, j.Org.PlaceID), "orgs.import", before, j.Org)
		return err
	}
	return err
}

// read turns the cells of a row into a draft; faults are those of the shape.
func (s *Service) read(row Row) (d Draft, place Place, bad problem.Fields) {
	d = Draft{
		BIN: row.BIN, Name: i18n.Text{KK: row.NameKK, RU: row.NameRU, EN: row.NameEN}, Head: row.Head,
		Kind: s.FindTerm(ListKinds, trimmed(row.Kind)), LegalForm: s.FindTerm(ListLegalForms, trimmed(row.LegalForm)),
		Founded: readDay(row.Founded, "founded", &bad), Closed: readDay(row.Closed, "closed", &bad),
	}
	bad.Reject(trimmed(row.LegalForm) != "" && d.LegalForm == "", "legal_form", "orgs.legal_form_unknown")
	for _, cell := range strings.FieldsFunc(row.Spheres, func(r rune) bool { return r == ';' || r == ',' }) {
		if cell = trimmed(cell); cell == "" {
			continue
		}
		code := s.FindTerm(ListSpheres, cell)
		bad.Reject(code == "", "spheres", "orgs.sphere_unknown", "code", cell)
		if code != "" {
			d.Spheres = append(d.Spheres, code)
		}
	}
	place, ok := s.findPlace(trimmed(row.Place))
	bad.Reject(!ok, "place", "orgs.place_unknown")
	d.PlaceID = place.ID
	return d, place, bad
}

// readDay reads 2015-01-20 or 20.01.2015; a day that does not exist is a fault.
func readDay(cell, column string, bad *problem.Fields) db.Date {
	cell = trimmed(cell)
	if cell == "" {
		return db.Date{}
	}
	if p := strings.Split(cell, "."); len(p) == 3 {
		cell = p[2] + "-" + p[1] + "-" + p[0]
	}
	d, err := db.ParseDate(cell)
	bad.Reject(err != nil, column, "form.not_a_date")
	return d
}
