package places

import (
	"context"
	"fmt"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// Importer takes the KATO table, as it is published or as code, name and parent.
// A place that was coded anew keeps its former codes, which lead to it. The wider
// place stands above the narrower one, as in the official table.
type Importer struct{ *Service }

// Importer gives the room's kind of import.
func (s *Service) Importer() *Importer { return &Importer{s} }

// Name names the kind.
func (*Importer) Name() string { return "places" }

// Title is how people call the kind.
func (*Importer) Title() i18n.Text {
	return i18n.Text{KK: "Аумақтар (ӘАОЖ кестесі)", RU: "Территории (таблица КАТО)", EN: "Places (KATO table)"}
}

// AtOnce tells that the tree changes in one transaction.
func (*Importer) AtOnce() bool { return true }

// Path is the page of a place.
func (*Importer) Path(id ref.ID) string { return Place{ID: id}.Ref().Path }

// The columns.
const (
	colCode   = "te"
	colParent = "parent"
	colKK     = "name_kaz"
	colRU     = "name_rus"
	colEN     = "name_en"
)

func column(name string, title i18n.Text, required bool, heading, example string, help i18n.Text) imports.Column {
	return imports.Column{Column: table.Column{Name: name, Title: title, Also: headings[heading], Required: required}, Example: example, Help: help}
}

var importColumns = []imports.Column{
	column(colCode, i18n.Text{KK: "ӘАОЖ коды", RU: "Код КАТО", EN: "KATO code"}, true, "code", "993230100",
		i18n.Text{KK: "Тоғыз цифр, біріншісі нөл емес.", RU: "Девять цифр, первая не ноль.", EN: "Nine figures, the first not zero."}),
	column(colParent, i18n.Text{KK: "Құрамына кіретін аумақтың коды", RU: "Код вышестоящей территории", EN: "Code of the place around it"}, false, "parent", "993200000",
		i18n.Text{KK: "Жазылмаса, ӘАОЖ кодының цифрларынан белгілі болады.", RU: "Если не указан, следует из цифр кода.", EN: "If left out, it follows from the figures of the code."}),
	column(colKK, i18n.Text{KK: "Атауы", RU: "Наименование на казахском", EN: "Name in Kazakh"}, false, "kk", "Үлгі ауылы",
		i18n.Text{KK: "Атаудың кемінде біреуі керек.", RU: "Нужно хотя бы одно из названий.", EN: "At least one of the names is needed."}),
	column(colRU, i18n.Text{KK: "Атауы орысша", RU: "Наименование", EN: "Name in Russian"}, false, "ru", "с.Образцовое",
		i18n.Text{KK: "Атаудың кемінде біреуі керек.", RU: "Нужно хотя бы одно из названий.", EN: "At least one of the names is needed."}),
	column(colEN, i18n.Text{KK: "Атауы ағылшынша", RU: "Наименование на английском", EN: "Name in English"}, false, "en", "",
		i18n.Text{KK: "Бар болса.", RU: "Если есть.", EN: "If there is one."}),
}

// Columns are the columns that are read.
func (*Importer) Columns() []imports.Column { return importColumns }

// May tells who may import places: keepers and administrators.
func (*Importer) May(by access.Actor) error { return mayKeep(by) }

// Judge gives each row its verdict. A place around may be in the portal or in an
// earlier row of the table.
func (s *Importer) Judge(ctx context.Context, tx *db.Tx, _ access.Actor, im imports.Import, rows []*imports.Row) error {
	read := make([]Row, len(rows))
	for i, r := range rows {
		read[i] = rowOf(r)
	}
	m, err := matcherOf(ctx, tx, im, read)
	if err != nil {
		return err
	}
	var wanted []string
	for _, row := range read {
		for _, code := range append(around(padded(row.Code)), row.Parent) {
			wanted = append(wanted, keyOf(code))
		}
	}
	slices.Sort(wanted)
	earlier, err := imports.Earlier(ctx, tx, im, slices.Compact(wanted))
	if err != nil {
		return err
	}
	for i, r := range rows {
		m.judge(r, read[i], earlier)
		if len(r.Record.Faults) == 0 {
			earlier[keyOf(read[i].Code)] = r.Line
		}
	}
	return nil
}

func keyOf(code string) string { return "code " + code }

// padded is a code of nine characters, so that its digits can be taken apart.
func padded(code string) string { return (code + "000000000")[:9] }

// matcherOf finds the places that rows mean. One that was coded anew is known by
// its name in its surroundings, when its old code is not in the table.
func matcherOf(ctx context.Context, tx *db.Tx, im imports.Import, rows []Row) (*matcher, error) {
	ps, err := all(ctx, tx)
	if err != nil {
		return nil, err
	}
	m := newMatcher(ps)
	var stand []string
	for _, row := range rows {
		if _, known := m.byCode[row.Code]; known {
			continue
		}
		wide, _ := m.around(row)
		name, kind := row.read(wide.Kind)
		for _, p := range m.lost[lostKey(name, kind)] {
			stand = append(stand, keyOf(p.KATO))
		}
	}
	slices.Sort(stand)
	listed, err := imports.Earlier(ctx, tx, im, slices.Compact(stand))
	for _, row := range rows {
		listed[keyOf(row.Code)] = row.Line
	}
	for key, lost := range m.lost {
		m.lost[key] = slices.DeleteFunc(lost, func(p Place) bool { _, ok := listed[keyOf(p.KATO)]; return ok })
	}
	return m, err
}

// rowOf reads the cells of a row.
func rowOf(r *imports.Row) Row {
	rec := r.Record
	row := Row{Line: r.Line, Code: readCode(rec.Text(colCode, 40)), Parent: readCode(rec.Text(colParent, 40)),
		Name: i18n.Text{KK: rec.Text(colKK, 200), RU: rec.Text(colRU, 200), EN: rec.Text(colEN, 200)}}
	if !IsCode(row.Parent) {
		row.Parent = "" // "0" and the like stand for the country
	}
	r.Reject(!IsCode(row.Code), colCode, "places.kato_form_of", "code", row.Code)
	r.Reject(row.Name.IsZero(), colRU, "places.kato_no_name", "code", row.Code)
	r.Reject(SampleCode(row.Code), colCode, "places.kato_sample")
	r.About, _ = row.Name.In(i18n.RU)
	r.About = row.Code + " · " + r.About
	return row
}

// judge tells what a row would do.
func (m *matcher) judge(r *imports.Row, row Row, earlier map[string]int) {
	if len(r.Record.Faults) > 0 {
		return
	}
	r.Keys, r.KeyColumn, r.Value, r.Verdict = []string{keyOf(row.Code)}, colCode, row, imports.Add
	wide, ok := m.around(row)
	if !ok {
		inTable := slices.ContainsFunc(append(around(row.Code), row.Parent), func(code string) bool { _, ok := earlier[keyOf(code)]; return ok })
		r.Reject(!inTable, colCode, "places.kato_no_parent", "code", row.Code)
		return
	}
	name, kind := row.read(wide.Kind)
	old, known := m.find(row, name, kind, wide.ID)
	if !known {
		return
	}
	r.Thing, r.Verdict = old.ID, imports.Change
	if same(old, old.as(row.Code, wide, name)) {
		r.Verdict = imports.Same
	}
}

// Apply adds and changes places.
func (s *Importer) Apply(ctx context.Context, tx *db.Tx, by access.Actor, im imports.Import, rows []*imports.Row) error {
	read := make([]Row, len(rows))
	for i, r := range rows {
		read[i] = r.Value.(Row)
	}
	m, err := matcherOf(ctx, tx, im, read)
	if err != nil {
		return err
	}
	for i, r := range rows {
		row := read[i]
		wide, ok := m.around(row)
		if !ok {
			return fmt.Errorf("places: nothing lies around %s", row.Code)
		}
		if err := m.take(ctx, tx, by, row, wide); err != nil {
			return err
		}
		p := m.byCode[row.Code]
		r.Thing, r.ThingVersion = p.ID, p.Version
	}
	return nil
}

// Show has nothing to show: the tree changed in one transaction.
func (*Importer) Show(context.Context, *db.Tx, access.Actor, imports.Import) error { return nil }

// The acts that an import leaves in the journal.
const (
	actAdd    = "places.add"
	actImport = "places.import"
	actUndo   = "places.import.undo"
)

// Undo removes places that an import added, the narrower ones first, and gives
// those that it changed their former state. One of which something else speaks
// stays.
func (s *Importer) Undo(ctx context.Context, tx *db.Tx, by access.Actor, _ imports.Import, rows []*imports.Row) error {
	ps, err := all(ctx, tx)
	if err != nil {
		return err
	}
	t, ids := newTree(ps), make([]ref.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Thing
	}
	touched, err := journal.Touched(ctx, tx, "place", ids, actAdd, actImport, actUndo)
	if err != nil {
		return err
	}
	used := map[ref.ID]bool{}
	if s.InUse != nil {
		if used, err = s.InUse(ctx, tx, ids); err != nil {
			return err
		}
	}
	within := map[ref.ID]int{}
	for _, p := range ps {
		within[p.ParentID]++
	}
	for _, r := range rows {
		p, there := t.Place(r.Thing)
		switch {
		case !there:
			r.Keep("places.import_gone")
		case p.Version != r.ThingVersion || touched[p.ID]:
			r.Keep("places.import_touched")
		case r.Verdict == imports.Add && (used[p.ID] || within[p.ID] > 0):
			r.Keep("places.import_used")
		case r.Verdict == imports.Add:
			if err := remove(ctx, tx, by, p); err != nil {
				return err
			}
			within[p.ParentID]--
		default:
			if err := putBack(ctx, tx, by, p, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func remove(ctx context.Context, tx *db.Tx, by access.Actor, p Place) error {
	if err := tx.ExecOne(ctx, `DELETE FROM places WHERE id = $1`, p.ID); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, actUndo, p, nil)
}

// putBack gives a place the state that it had before the row.
func putBack(ctx context.Context, tx *db.Tx, by access.Actor, p Place, r *imports.Row) error {
	was, ok, err := journal.Before(ctx, tx, p)
	if err != nil {
		return err
	}
	if !ok {
		r.Keep("places.import_touched")
		return nil
	}
	return change(ctx, tx, by, actUndo, p, was)
}
