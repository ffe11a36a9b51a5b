package orgs

import (
	"context"
	"slices"
	"strings"

	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// Importer takes the register from tables. A row is about the organization with
// its BIN, or else about the one that bears its name at its place; an empty cell
// changes nothing.
type Importer struct {
	*Service
	names places.Names
}

// Importer gives the room's kind of import.
func (s *Service) Importer() *Importer { return &Importer{Service: s} }

// Name names the kind.
func (*Importer) Name() string { return "organizations" }

// Title is how people call the kind.
func (*Importer) Title() i18n.Text {
	return i18n.Text{KK: "Ұйымдар тізілімі", RU: "Реестр организаций", EN: "Register of organizations"}
}

// AtOnce tells that the register changes in one transaction.
func (*Importer) AtOnce() bool { return true }

// Path is the page of an organization.
func (*Importer) Path(id ref.ID) string { return Organization{ID: id}.Ref().Path }

func column(name string, title i18n.Text, required bool, also []string, example string, help i18n.Text) imports.Column {
	return imports.Column{Column: table.Column{Name: name, Title: title, Also: also, Required: required}, Example: example, Help: help}
}

var importColumns = []imports.Column{
	column("bin", i18n.Text{KK: "БСН", RU: "БИН", EN: "BIN"}, false, []string{"БИН/ИИН", "БИН организации", "Ұйымның БСН"}, "150140000012",
		i18n.Text{KK: "12 цифр. Болмаса, ұйым атауы мен орнынан танылады.", RU: "12 цифр. Без него организация узнается по названию и месту.", EN: "12 figures. Without it an organization is known by its name and place."}),
	column("name_ru", i18n.Text{KK: "Атауы орысша", RU: "Наименование", EN: "Name in Russian"}, false,
		[]string{"Название", "Наименование организации", "Полное наименование", "Наименование на русском", "name"}, "Общественный фонд «Үміт»",
		i18n.Text{KK: "Атаудың кемінде біреуі керек.", RU: "Нужно хотя бы одно из названий.", EN: "At least one of the names is needed."}),
	column("name_kk", i18n.Text{KK: "Атауы", RU: "Наименование на казахском", EN: "Name in Kazakh"}, false,
		[]string{"Ұйымның атауы", "Атауы қазақша", "Наименование на государственном языке", "name_kz"}, "«Үміт» қоғамдық қоры",
		i18n.Text{KK: "Атаудың кемінде біреуі керек.", RU: "Нужно хотя бы одно из названий.", EN: "At least one of the names is needed."}),
	column("name_en", i18n.Text{KK: "Атауы ағылшынша", RU: "Наименование на английском", EN: "Name in English"}, false, nil, "Umit Public Foundation",
		i18n.Text{KK: "Бар болса.", RU: "Если есть.", EN: "If there is one."}),
	column("kind", i18n.Text{KK: "Түрі", RU: "Вид организации", EN: "Kind"}, true, []string{"Вид", "Тип", "Ұйым түрі"}, NGO,
		i18n.Text{KK: "Жіктеуіштегі атау не код.", RU: "Название или код из классификатора.", EN: "A name or code of the classifier."}),
	column("legal_form", i18n.Text{KK: "Ұйымдық-құқықтық нысаны", RU: "Организационно-правовая форма", EN: "Legal form"}, false, []string{"ОПФ", "Форма", "Правовая форма"}, "",
		i18n.Text{KK: "Жіктеуіштегі атау не код.", RU: "Название или код из классификатора.", EN: "A name or code of the classifier."}),
	column("place", i18n.Text{KK: "Орны", RU: "Место", EN: "Place"}, true, []string{"КАТО", "Код КАТО", "Регион", "Населенный пункт", "Адрес (КАТО)"}, "150000000",
		i18n.Text{KK: "ӘАОЖ коды не атауы.", RU: "Код КАТО или название.", EN: "KATO code or name."}),
	column("spheres", i18n.Text{KK: "Салалары", RU: "Сферы", EN: "Spheres"}, false, []string{"Сфера", "Сфера деятельности", "Направления", "Қызмет саласы"}, "youth; ecology",
		i18n.Text{KK: "Атаулар не кодтар, нүктелі үтірмен бөлінеді.", RU: "Названия или коды через точку с запятой.", EN: "Names or codes, separated by semicolons."}),
	column("founded", i18n.Text{KK: "Құрылған күні", RU: "Дата создания", EN: "Founded"}, false, []string{"Дата регистрации", "Дата государственной регистрации", "Тіркелген күні"}, "20.01.2015",
		i18n.Text{KK: "Мемлекеттік тіркелген күн.", RU: "День государственной регистрации.", EN: "The day of registration by the state."}),
	column("closed", i18n.Text{KK: "Жабылған күні", RU: "Дата ликвидации", EN: "Closed"}, false, []string{"Дата закрытия", "Таратылған күні"}, "",
		i18n.Text{KK: "Ұйым таратылған болса.", RU: "Если организация ликвидирована.", EN: "If the organization was closed."}),
	column("head", i18n.Text{KK: "Басшысы", RU: "Руководитель", EN: "Head"}, false, []string{"ФИО руководителя", "Первый руководитель", "Басшының аты-жөні"}, "",
		i18n.Text{KK: "Қызметтегі басшының аты-жөні; басқа адамдардың аты жазылмайды.", RU: "Имя руководителя в должности; других людей не вписывают.", EN: "The name of the head in office; nobody else is named."}),
}

// Columns are the columns that are read.
func (*Importer) Columns() []imports.Column { return importColumns }

// May tells who may import: officers, each within the own place, and administrators.
func (*Importer) May(by access.Actor) error {
	if by.IsPortal() || by.HasAny(access.Officer) || by.Has(access.Admin) {
		return nil
	}
	return problem.New(problem.Forbidden, "orgs.officers_only")
}

// mayImport gives the actor in the role that lets rows of a place in.
func mayImport(by access.Actor, place Place) (access.Actor, error) {
	if by.Has(access.Admin) {
		return by.As(access.Admin, 0), nil
	}
	return by.As(access.Officer, place.ID), MayKeepRegister(by, place)
}

// judged is what Judge worked out of a row.
type judged struct {
	as          access.Actor
	before, now Organization
}

// Judge gives each row its verdict.
func (m *Importer) Judge(ctx context.Context, tx *db.Tx, by access.Actor, _ imports.Import, rows []*imports.Row) error {
	for _, r := range rows {
		if err := m.judgeRow(ctx, tx, by, r); err != nil {
			return err
		}
	}
	return nil
}

func (m *Importer) judgeRow(ctx context.Context, tx *db.Tx, by access.Actor, r *imports.Row) error {
	d, place, placed := m.draft(r)
	d, bad := d.clean(m.Terms, placed, m.today(tx))
	for name, f := range bad {
		if name == "name" {
			name = "name_ru"
		}
		r.Reject(true, name, f.Key, f.Args...)
	}
	r.About, _ = d.Name.In(i18n.RU)
	as, err := mayImport(by, place)
	r.Reject(placed && err != nil, "place", "orgs.officers_only")
	if len(r.Record.Faults) > 0 {
		return nil
	}
	old, ok, err := m.match(ctx, tx, d)
	if err != nil {
		return err
	}
	r.Keys, r.KeyColumn = keysOf(d, old), "name_ru"
	j := judged{as: as, now: Organization{Draft: d, Rural: place.Rural, Source: "import"}}
	r.Verdict = imports.Add
	if ok {
		r.Thing, r.Verdict = old.ID, imports.Same
		j.before, j.now = old, old
		if j.now.fill(d) {
			r.Verdict, j.now.Rural = imports.Change, place.Rural
		}
		stands, _ := m.PlaceOf(old.PlaceID)
		_, err := mayImport(by, stands)
		r.Reject(err != nil, "place", "orgs.officers_only")
	}
	r.Value = j
	return nil
}

// draft reads the cells of a row.
func (m *Importer) draft(r *imports.Row) (d Draft, place Place, placed bool) {
	rec := r.Record
	d = Draft{BIN: rec.BIN("bin"), Name: i18n.Text{KK: rec.Text("name_kk", 500), RU: rec.Text("name_ru", 500), EN: rec.Text("name_en", 500)},
		Kind: m.term(r, ListKinds, "kind", "orgs.kind_unknown"), LegalForm: m.term(r, ListLegalForms, "legal_form", "orgs.legal_form_unknown"),
		Founded: rec.Date("founded"), Closed: rec.Date("closed"), Head: rec.Text("head", 150)}
	for _, cell := range strings.FieldsFunc(rec.Text("spheres", 1000), func(c rune) bool { return c == ';' || c == ',' }) {
		if cell = trimmed(cell); cell == "" {
			continue
		}
		code := m.FindTerm(ListSpheres, cell)
		r.Reject(code == "", "spheres", "orgs.sphere_unknown", "code", cell)
		if code != "" {
			d.Spheres = append(d.Spheres, code)
		}
	}
	cell := rec.Text("place", 200)
	r.Reject(cell == "", "place", "table.cell.required")
	d.PlaceID = m.names.Find(m.Places.Tree(), cell, 0)
	place, placed = m.PlaceOf(d.PlaceID)
	return d, place, placed
}

func (m *Importer) term(r *imports.Row, list, col, fault string) string {
	cell := r.Record.Text(col, 200)
	code := ""
	if cell != "" {
		code = m.FindTerm(list, cell)
		r.Reject(code == "", col, fault)
	}
	return code
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

// The acts of imports.
const (
	actImport = "orgs.import"
	actUndo   = "orgs.import.undo"
)

// Apply enters new organizations and changes those that stand.
func (m *Importer) Apply(ctx context.Context, tx *db.Tx, _ access.Actor, _ imports.Import, rows []*imports.Row) (err error) {
	for _, r := range rows {
		j := r.Value.(judged)
		o := j.now
		if r.Verdict == imports.Change {
			if o, err = m.save(ctx, tx, j.as, actImport, j.before, o); err != nil {
				return err
			}
		} else {
			o.ID, o.Version = tx.NewID(), 1
			o.Sample = m.isSample(o.PlaceID)
			if err := insert(ctx, tx, o); err != nil {
				return err
			}
			if err := journal.Record(ctx, tx, j.as, actImport, nil, o); err != nil {
				return err
			}
		}
		r.Thing, r.ThingVersion = o.ID, o.Version
	}
	return nil
}

func (s *Service) isSample(place ref.ID) bool {
	p, _ := s.Places.Tree().Place(place)
	return p.Sample
}

// Show has nothing to show: the register changed in one transaction.
func (*Importer) Show(context.Context, *db.Tx, access.Actor, imports.Import) error { return nil }

// Undo removes organizations that an import entered, and gives those that it
// changed their former state. One that other rooms speak of stays.
func (m *Importer) Undo(ctx context.Context, tx *db.Tx, by access.Actor, _ imports.Import, rows []*imports.Row) error {
	ids := make([]ref.ID, len(rows))
	for i, r := range rows {
		ids[i] = r.Thing
	}
	touched, err := journal.Touched(ctx, tx, Kind, ids, actImport, actUndo)
	if err != nil {
		return err
	}
	used := map[ref.ID]bool{}
	if m.InUse != nil {
		if used, err = m.InUse(ctx, tx, ids); err != nil {
			return err
		}
	}
	for _, r := range rows {
		if err := m.undoRow(ctx, tx, by, r, touched, used); err != nil {
			return err
		}
	}
	return nil
}

func (m *Importer) undoRow(ctx context.Context, tx *db.Tx, by access.Actor, r *imports.Row, touched, used map[ref.ID]bool) error {
	o, err := byID(ctx, tx, r.Thing)
	if problem.Is(err, problem.NotFound) {
		r.Keep("orgs.import_gone")
		return nil
	}
	if err != nil {
		return err
	}
	place, _ := m.PlaceOf(o.PlaceID)
	as, may := mayImport(by, place)
	speakers, err := leads(ctx, tx, o.ID)
	switch {
	case err != nil:
		return err
	case o.Version != r.ThingVersion || r.Verdict == imports.Add && (touched[o.ID] || len(speakers) > 0):
		r.Keep("orgs.import_touched")
	case may != nil:
		r.Keep("orgs.officers_only")
	case r.Verdict == imports.Add && used[o.ID]:
		r.Keep("orgs.import_used")
	case r.Verdict == imports.Add:
		if err := remove(ctx, tx, o.ID); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, actUndo, o, nil)
	default:
		return m.putBack(ctx, tx, as, o, r)
	}
	return nil
}

// putBack gives an organization the state that it had before the row.
func (m *Importer) putBack(ctx context.Context, tx *db.Tx, by access.Actor, o Organization, r *imports.Row) error {
	was, ok, err := journal.Before(ctx, tx, o)
	if err != nil {
		return err
	}
	if !ok {
		r.Keep("orgs.import_touched")
		return nil
	}
	was.Version = o.Version
	_, err = m.save(ctx, tx, by, actUndo, o, was)
	return err
}

// remove takes an organization away of which nothing else tells.
func remove(ctx context.Context, tx *db.Tx, id ref.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM organization_names WHERE org_id = $1`, id); err != nil {
		return err
	}
	return tx.ExecOne(ctx, `DELETE FROM organizations WHERE id = $1`, id)
}

// PlacesInUse tells in which places organizations are.
func PlacesInUse(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]bool, error) {
	used := map[ref.ID]bool{}
	for part := range slices.Chunk(ids, 300) {
		some, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT place_id FROM organizations WHERE place_id IN `+db.In(1, len(part)), db.Args(nil, part)...)
		if err != nil {
			return nil, err
		}
		for _, id := range some {
			used[id] = true
		}
	}
	return used, nil
}
