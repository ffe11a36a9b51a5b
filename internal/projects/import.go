package projects

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/imports"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
)

// Importer takes agreements and their projects from tables whose columns are
// those of public procurement. An agreement is told by its number and the
// customer; one that already stands is corrected only while nothing but imports
// has touched it, since afterwards it changes by amendments alone.
type Importer struct {
	*Service
	names places.Names
}

// Importer gives the room's kind of import.
func (s *Service) Importer() *Importer { return &Importer{Service: s} }

// Name names the kind.
func (*Importer) Name() string { return "projects" }

// Title is how people call the kind.
func (*Importer) Title() i18n.Text {
	return i18n.Text{KK: "Шарттар мен жобалар", RU: "Договоры и проекты", EN: "Agreements and projects"}
}

// AtOnce tells that new projects are hidden until the last one is in.
func (*Importer) AtOnce() bool { return false }

// Path is the page of a project.
func (*Importer) Path(id ref.ID) string { return Project{ID: id}.Ref().Path }

// SocialOrder is the specificity of the budget by which the state social order
// is paid ("155, payment for services within the state social order").
const SocialOrder = "155"

// The columns.
const (
	colNumber      = "agreement_no"
	colAgreedOn    = "agreed_on"
	colCustomer    = "customer_bin"
	colSupplier    = "supplier_bin"
	colTitle       = "title"
	colTitleKK     = "title_kk"
	colTitleEN     = "title_en"
	colSpecificity = "specificity"
	colFunding     = "funding_kind"
	colSum         = "sum"
	colSum1        = "sum_1"
	colSum2        = "sum_2"
	colSum3        = "sum_3"
	colStarts      = "starts"
	colEnds        = "ends"
	colPlace       = "place"
	colSphere      = "sphere"
	colGroups      = "target_groups"
	colPeople      = "beneficiaries"
	colSummary     = "summary"
)

func column(name string, title i18n.Text, required bool, also []string, example string, help i18n.Text) imports.Column {
	return imports.Column{Column: table.Column{Name: name, Title: title, Also: also, Required: required}, Example: example, Help: help}
}

var importColumns = []imports.Column{
	column(colNumber, i18n.Text{KK: "Шарт нөмірі", RU: "Номер договора", EN: "Agreement number"}, true,
		[]string{"№ договора", "Договор №", "Регистрационный номер договора", "Номер договора в реестре", "Шарттың нөмірі", "contract_number", "contract number"}, "ГСЗ-14/2026",
		i18n.Text{KK: "Тапсырыс берушінің шарт нөмірі. Бір тапсырыс берушінің бір нөмірі бір рет кездеседі.", RU: "Номер договора у заказчика. У одного заказчика номер встречается один раз.", EN: "The customer’s number of the agreement. A customer has each number once."}),
	column(colAgreedOn, i18n.Text{KK: "Шарт күні", RU: "Дата договора", EN: "Agreement date"}, true,
		[]string{"Дата заключения", "Дата заключения договора", "Дата подписания", "Шарт жасалған күн", "sign_date", "contract_date"}, "20.01.2026",
		i18n.Text{KK: "Шартқа қол қойылған күн.", RU: "День, когда договор подписан.", EN: "The day on which the agreement was signed."}),
	column(colCustomer, i18n.Text{KK: "Тапсырыс берушінің БСН", RU: "БИН заказчика", EN: "Customer BIN"}, true,
		[]string{"БИН организатора", "Заказчик БИН", "Тапсырыс беруші БСН", "customer bin", "customer_bin_iin", "БИН госоргана"}, "230940123450",
		i18n.Text{KK: "12 цифр. Тапсырыс беруші тізілімде болуы керек.", RU: "12 цифр. Заказчик должен быть в реестре.", EN: "12 figures. The customer must be in the register."}),
	column(colSupplier, i18n.Text{KK: "Орындаушының БСН", RU: "БИН исполнителя", EN: "Supplier BIN"}, true,
		[]string{"БИН поставщика", "БИН/ИИН поставщика", "БИН (ИИН) поставщика", "БИН НПО", "Өнім берушінің БСН", "ҮЕҰ БСН", "supplier_biin", "supplier bin"}, "150140000012",
		i18n.Text{KK: "12 цифр. Жобаны орындайтын ұйым тізілімде болуы керек.", RU: "12 цифр. Организация, которая ведет проект, должна быть в реестре.", EN: "12 figures. The organization that carries out the project must be in the register."}),
	column(colTitle, i18n.Text{KK: "Жобаның атауы", RU: "Наименование проекта", EN: "Project title"}, true,
		[]string{"Наименование лота", "Наименование", "Предмет договора", "Название проекта", "Наименование на русском языке", "Лот атауы", "Атауы", "lot_name", "name_ru", "title_ru", "name"}, "Клуб старшеклассников «Өрлеу»",
		i18n.Text{KK: "Шарттағы атау, кез келген тілде.", RU: "Название из договора, на любом языке.", EN: "The title in the agreement, in any language."}),
	column(colTitleKK, i18n.Text{KK: "Атауы қазақша", RU: "Наименование на казахском", EN: "Title in Kazakh"}, false,
		[]string{"Наименование на казахском языке", "Наименование на государственном языке", "Қазақ тіліндегі атауы", "name_kz", "name_kk"}, "«Өрлеу» жоғары сынып оқушыларының клубы",
		i18n.Text{KK: "Бар болса.", RU: "Если есть.", EN: "If there is one."}),
	column(colTitleEN, i18n.Text{KK: "Атауы ағылшынша", RU: "Наименование на английском", EN: "Title in English"}, false,
		[]string{"name_en"}, "Orleu, a club of upper-form pupils",
		i18n.Text{KK: "Бар болса.", RU: "Если есть.", EN: "If there is one."}),
	column(colSpecificity, i18n.Text{KK: "Бюджет ерекшелігі", RU: "Специфика", EN: "Budget specificity"}, false,
		[]string{"Специфика бюджета", "Код специфики", "Спецификасы", "Ерекшелік", "КЭК", "specificity", "spec"}, SocialOrder,
		i18n.Text{KK: "155 — мемлекеттік әлеуметтік тапсырыс. Басқасы болса, қаржыландыру түрін де жазыңыз.", RU: "155 — государственный социальный заказ. При другой специфике напишите и вид финансирования.", EN: "155 is the state social order. With another one, give the kind of funding too."}),
	column(colFunding, i18n.Text{KK: "Қаржыландыру түрі", RU: "Вид финансирования", EN: "Kind of funding"}, false,
		[]string{"Источник финансирования", "Вид поддержки", "Қаржыландыру көзі", "funding"}, StateSocialOrder,
		i18n.Text{KK: "Жіктеуіштегі атау не код. Ерекшелік 155 болса, бос қалдыруға болады.", RU: "Название или код из классификатора. При специфике 155 можно не заполнять.", EN: "A name or code of the classifier. May stay empty with specificity 155."}),
	column(colSum, i18n.Text{KK: "Шарт сомасы", RU: "Сумма договора", EN: "Agreement sum"}, true,
		[]string{"Сумма", "Сумма договора, тенге", "Итоговая сумма", "Общая сумма", "Жалпы сома", "contract_sum", "contract_sum_wnds", "amount"}, "12 500 000",
		i18n.Text{KK: "Теңгемен.", RU: "В тенге.", EN: "In tenge."}),
	column(colSum1, i18n.Text{KK: "1-жыл сомасы", RU: "Сумма на 1-й год", EN: "Sum of year 1"}, false,
		[]string{"Сумма на первый год", "Сумма на 1 год", "Бірінші жылғы сома", "sum1"}, "12 500 000",
		i18n.Text{KK: "Жоба бір жылдан асса, жылдар бойынша сомалар керек; қосындысы шарт сомасына тең.", RU: "Если проект идет больше одного календарного года, нужны суммы по годам; вместе они равны сумме договора.", EN: "Sums by year are needed when the project crosses the end of a year; together they make the agreement sum."}),
	column(colSum2, i18n.Text{KK: "2-жыл сомасы", RU: "Сумма на 2-й год", EN: "Sum of year 2"}, false,
		[]string{"Сумма на второй год", "Сумма на 2 год", "Екінші жылғы сома", "sum2"}, "",
		i18n.Text{KK: "Екінші күнтізбелік жылға.", RU: "На второй календарный год.", EN: "For the second calendar year."}),
	column(colSum3, i18n.Text{KK: "3-жыл сомасы", RU: "Сумма на 3-й год", EN: "Sum of year 3"}, false,
		[]string{"Сумма на третий год", "Сумма на 3 год", "Үшінші жылғы сома", "sum3"}, "",
		i18n.Text{KK: "Үшінші күнтізбелік жылға.", RU: "На третий календарный год.", EN: "For the third calendar year."}),
	column(colStarts, i18n.Text{KK: "Басталуы", RU: "Начало", EN: "Starts"}, true,
		[]string{"Дата начала", "Начало проекта", "Дата начала исполнения", "Басталатын күн", "start_date", "from"}, "01.02.2026",
		i18n.Text{KK: "Жобаның бірінші күні.", RU: "Первый день проекта.", EN: "The first day of the project."}),
	column(colEnds, i18n.Text{KK: "Аяқталуы", RU: "Окончание", EN: "Ends"}, true,
		[]string{"Дата окончания", "Срок исполнения", "Дата завершения", "Срок действия договора", "Аяқталатын күн", "end_date", "ec_end_date", "to"}, "30.11.2026",
		i18n.Text{KK: "Жобаның соңғы күні.", RU: "Последний день проекта.", EN: "The last day of the project."}),
	column(colPlace, i18n.Text{KK: "Орны", RU: "Место", EN: "Place"}, true,
		[]string{"КАТО", "Код КАТО", "Место поставки", "Место реализации", "Место оказания услуг", "ӘАОЖ", "Іске асырылатын жері", "kato", "ref_kato_code"}, "150000000",
		i18n.Text{KK: "ӘАОЖ коды не атауы. Аттас жерлер болса, код керек.", RU: "Код КАТО или название. Если мест с таким названием несколько, нужен код.", EN: "KATO code or name. When several places bear the name, the code is needed."}),
	column(colSphere, i18n.Text{KK: "Сала", RU: "Сфера", EN: "Sphere"}, true,
		[]string{"Направление", "Сфера реализации", "Сфера государственного социального заказа", "Бағыты", "Саласы"}, "youth",
		i18n.Text{KK: "Жіктеуіштегі атау не код.", RU: "Название или код из классификатора.", EN: "A name or code of the classifier."}),
	column(colGroups, i18n.Text{KK: "Нысаналы топтар", RU: "Целевые группы", EN: "Target groups"}, false,
		[]string{"Целевая группа", "Целевая аудитория", "Нысаналы топ", "target group"}, "youth",
		i18n.Text{KK: "Атаулар не кодтар, нүктелі үтірмен бөлінеді.", RU: "Названия или коды через точку с запятой.", EN: "Names or codes, separated by semicolons."}),
	column(colPeople, i18n.Text{KK: "Қамтылатын адам саны", RU: "Охват, человек", EN: "People reached"}, false,
		[]string{"Охват", "Количество получателей", "Количество благополучателей", "Қамту", "people"}, "120",
		i18n.Text{KK: "Жоспар бойынша.", RU: "По плану.", EN: "As planned."}),
	column(colSummary, i18n.Text{KK: "Не істеледі", RU: "Краткое описание", EN: "Summary"}, false,
		[]string{"Описание", "Описание лота", "Краткая характеристика", "Сипаттама", "description", "lot_description"}, "Занятия два раза в неделю",
		i18n.Text{KK: "Бір-екі сөйлем.", RU: "Одно-два предложения.", EN: "A sentence or two."}),
}

// Columns are the columns that are read.
func (*Importer) Columns() []imports.Column { return importColumns }

// May tells who may import: officers, each within the own place, and administrators.
func (*Importer) May(by access.Actor) error {
	if by.IsPortal() || by.HasAny(access.Officer) || by.Has(access.Admin) {
		return nil
	}
	return problem.New(problem.Forbidden, "projects.import.officers_only")
}

// mayImport: an officer of the customer or of a place around the project, but
// nobody for the own organization; and administrators.
func mayImport(by access.Actor, p Project, around []ref.ID) (access.Actor, error) {
	if by.IsPortal() {
		return by, nil
	}
	for _, scope := range append([]ref.ID{p.FunderID}, around...) {
		if scope != 0 && by.Has(access.Officer, scope) && !by.WorksFor(p.OrgID) {
			return by.As(access.Officer, scope), nil
		}
	}
	if by.Has(access.Admin) {
		return by.As(access.Admin, 0), nil
	}
	return by, problem.New(problem.Forbidden, "projects.import.not_your_place")
}

// known is what rows of a batch name: organizations by BIN, agreements by number.
type known struct {
	orgs       map[string]orgs.Organization
	agreements map[agreementKey]Project
	touched    map[ref.ID]bool
}

type agreementKey struct {
	funder ref.ID
	number string
}

// judged is what Judge worked out of a row.
type judged struct {
	as          access.Actor
	before, now Project
}

// Judge gives each row its verdict.
func (m *Importer) Judge(ctx context.Context, tx *db.Tx, by access.Actor, _ imports.Import, rows []*imports.Row) error {
	k, err := m.look(ctx, tx, rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		m.judgeRow(tx, by, r, k)
	}
	return nil
}

// look loads what rows name, with few queries.
func (m *Importer) look(ctx context.Context, tx *db.Tx, rows []*imports.Row) (k known, err error) {
	var bins, numbers []string
	for _, r := range rows {
		for _, c := range []string{colCustomer, colSupplier} {
			if bin, fault := table.ParseBIN(r.Record.Raw(c)); fault == nil {
				bins = append(bins, bin)
			}
		}
		if n := number(r.Record.Raw(colNumber)); n != "" {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(bins)
	slices.Sort(numbers)
	if k.orgs, err = orgs.ByBINs(ctx, tx, slices.Compact(bins)); err != nil {
		return k, err
	}
	list, err := withNumbers(ctx, tx, slices.Compact(numbers))
	if err != nil {
		return k, err
	}
	k.agreements = make(map[agreementKey]Project, len(list))
	ids := make([]ref.ID, len(list))
	for i, p := range list {
		k.agreements[agreementKey{p.FunderID, p.Number}] = p
		ids[i] = p.ID
	}
	k.touched, err = touchedByHand(ctx, tx, ids)
	return k, err
}

// number is the number of an agreement as it is compared.
func number(s string) string { return strings.Join(strings.Fields(s), " ") }

func (m *Importer) judgeRow(tx *db.Tx, by access.Actor, r *imports.Row, k known) {
	rec := r.Record
	rec.Need(colNumber, colAgreedOn, colCustomer, colSupplier, colTitle, colSum, colStarts, colEnds, colPlace, colSphere)
	customer, supplier := m.org(r, k, colCustomer), m.org(r, k, colSupplier)
	now := Project{FunderID: customer.ID, OrgID: supplier.ID}
	now.Agreement = Agreement{Number: number(rec.Text(colNumber, 100)), AgreedOn: rec.Date(colAgreedOn), Schedule: []DueReport{}}
	r.Reject(now.FunderID != 0 && now.FunderID == now.OrgID, colSupplier, "projects.import.pays_itself")
	now.Plan = m.planOf(tx, r, customer.PlaceID)
	m.judgePlan(r, now)
	r.About = now.Number + " · " + firstOf(now.Title)
	r.Keys, r.KeyColumn = []string{now.FunderID.String() + " " + now.Number}, colNumber
	as, err := mayImport(by, now, m.around(now))
	r.Reject(err != nil && now.PlaceID != 0, colPlace, "projects.import.not_your_place")
	if len(rec.Faults) > 0 {
		return
	}
	m.decide(r, judged{as: as, now: now}, k)
}

func firstOf(t i18n.Text) string {
	s, _ := t.In(i18n.RU)
	return s
}

// org is the organization whose BIN is in a cell.
func (m *Importer) org(r *imports.Row, k known, col string) orgs.Organization {
	cell := r.Record.BIN(col)
	if cell == "" {
		return orgs.Organization{}
	}
	bin, ok := orgs.BIN(cell)
	r.Reject(!ok, col, "projects.import.bin_wrong", "bin", cell)
	o, there := k.orgs[bin]
	r.Reject(ok && !there, col, "projects.import.org_unknown", "bin", cell)
	return o
}

// planOf reads the plan from the cells of a row; near is the customer's place.
func (m *Importer) planOf(tx *db.Tx, r *imports.Row, near ref.ID) Plan {
	rec, book := r.Record, m.norms.Book()
	title := rec.Text(colTitle, 500)
	p := Plan{
		Title:  i18n.Only(writtenIn(title), title),
		Starts: rec.Date(colStarts), Ends: rec.Date(colEnds), Sum: rec.Money(colSum), Currency: "KZT",
		PlaceID:    m.place(r, near),
		Sphere:     m.term(r, book, norms.Spheres, colSphere, rec.Raw(colSphere)),
		MorePlaces: []ref.ID{}, MoreSpheres: []string{}, TargetGroups: []string{}, SDGs: []string{},
		Years: []YearPlan{}, Tranches: []Tranche{}, Lines: []Line{}, Indicators: []Indicator{}, Partners: []Partner{},
		Beneficiaries: rec.Int(colPeople), FundingKind: m.funding(r, book),
	}
	if s := rec.Text(colTitleKK, 500); s != "" {
		p.Title.KK = s
	}
	if s := rec.Text(colTitleEN, 500); s != "" {
		p.Title.EN = s
	}
	if s := rec.Text(colSummary, 5000); s != "" {
		p.Summary = i18n.Only(writtenIn(s), s)
	}
	for _, cell := range strings.FieldsFunc(rec.Text(colGroups, 1000), func(c rune) bool { return c == ';' || c == ',' }) {
		if code := m.term(r, book, norms.TargetGroups, colGroups, cell); code != "" && !slices.Contains(p.TargetGroups, code) {
			p.TargetGroups = append(p.TargetGroups, code)
		}
	}
	p.Years = yearsOf(r, p)
	return m.settled(tx, p)
}

// writtenIn guesses the language of a text: letters that only Kazakh has, any
// Cyrillic letter, or else English.
func writtenIn(s string) i18n.Lang {
	lang := i18n.EN
	for _, c := range strings.ToLower(s) {
		if strings.ContainsRune("әғқңөұүһі", c) {
			return i18n.KK
		}
		if unicode.Is(unicode.Cyrillic, c) {
			lang = i18n.RU
		}
	}
	return lang
}

// yearsOf is the money by year: as the table gives it, or the whole sum when the
// project lies within one year.
func yearsOf(r *imports.Row, p Plan) []YearPlan {
	years := []YearPlan{}
	if p.Starts.IsZero() || p.Ends.IsZero() {
		return years
	}
	var total int64
	for i, col := range []string{colSum1, colSum2, colSum3} {
		if sum := r.Record.Money(col); sum != 0 {
			r.Reject(p.Starts.Year()+i > p.Ends.Year(), col, "projects.year_outside")
			years = append(years, YearPlan{p.Starts.Year() + i, sum})
			total += sum
		}
	}
	switch {
	case len(years) > 0:
		r.Reject(total != p.Sum, colSum, "projects.years_differ_from_sum")
	case p.Starts.Year() == p.Ends.Year() && p.Sum > 0:
		years = []YearPlan{{p.Starts.Year(), p.Sum}}
	default:
		r.Reject(p.Starts.Year() < p.Ends.Year(), colSum1, "projects.import.years_needed")
	}
	return years
}

// funding is the kind of funding: as it is named, or the state social order by
// the specificity of the budget.
func (m *Importer) funding(r *imports.Row, book *norms.Book) string {
	if cell := r.Record.Text(colFunding, 200); cell != "" {
		return m.term(r, book, norms.FundingKinds, colFunding, cell)
	}
	switch spec := r.Record.Text(colSpecificity, 100); {
	case spec == "":
		r.Reject(true, colFunding, "table.cell.required")
	case strings.HasPrefix(spec, SocialOrder):
		return StateSocialOrder
	default:
		r.Reject(true, colSpecificity, "projects.import.not_social_order", "specificity", spec)
	}
	return ""
}

// term is the code that a cell names, by code or by name in any language.
func (m *Importer) term(r *imports.Row, book *norms.Book, list, col, cell string) string {
	cell = strings.TrimSpace(cell)
	if cell == "" {
		return ""
	}
	for _, t := range book.Terms(list) {
		for _, name := range []string{t.Code, t.Name.KK, t.Name.RU, t.Name.EN, t.Short.KK, t.Short.RU, t.Short.EN} {
			if name != "" && strings.EqualFold(name, cell) {
				return t.Code
			}
		}
	}
	r.Reject(true, col, "projects.import.term_unknown", "cell", cell)
	return ""
}

// place finds the place that a cell names: by code, by a name that is one
// place's alone, or by a name within the region of the customer.
func (m *Importer) place(r *imports.Row, near ref.ID) ref.ID {
	cell := r.Record.Text(colPlace, 200)
	if cell == "" {
		return 0
	}
	tree := m.places.Tree()
	region, _ := tree.Region(near)
	id := m.names.Find(tree, cell, region.ID)
	r.Reject(id == 0, colPlace, "projects.import.place_unknown", "place", cell)
	return id
}

// columnOf tells beside which cell a fault of a plan is shown.
var columnOf = map[string]string{
	"title": colTitle, "place": colPlace, "sphere": colSphere, "funding_kind": colFunding, "beneficiaries": colPeople,
	"starts": colStarts, "ends": colEnds, "sum": colSum, "agreed_on": colAgreedOn, "agreement_no": colNumber,
}

// judgePlan judges plan and agreement by the room's own rules; a cell at fault
// keeps its first fault.
func (m *Importer) judgePlan(r *imports.Row, p Project) {
	err := p.Check()
	if err == nil && len(r.Record.Faults) == 0 {
		agreed := p
		agreed.Agreement = Agreement{}
		err = agreed.Agree(p.Agreement)
	}
	bad := problem.As(err)
	if bad == nil {
		return
	}
	for name, f := range bad.Fields {
		col, ok := columnOf[name]
		switch {
		case !ok:
			col = colSum
		case col == colFunding && r.Record.Raw(colSpecificity) != "":
			col = colSpecificity // which has its fault already
		}
		r.Reject(true, col, f.Key, f.Args...)
	}
}

// decide compares a good row with the agreement that stands.
func (m *Importer) decide(r *imports.Row, j judged, k known) {
	before, there := k.agreements[agreementKey{j.now.FunderID, j.now.Number}]
	r.Value, r.Verdict = j, imports.Add
	if !there {
		return
	}
	r.Thing, r.Verdict = before.ID, imports.Change
	j.before = before
	j.now = before.corrected(j.now)
	r.Value = j
	switch {
	case before.Hidden:
		r.Reject(true, colNumber, "projects.import.in_another")
	case sameProject(before, j.now):
		r.Verdict = imports.Same
	case before.ImportID == 0 || k.touched[before.ID]:
		r.Reject(true, colNumber, "projects.import.agreed_already", "number", before.Number)
	}
}

// corrected is the project with what a row of a table tells of it anew.
func (p Project) corrected(row Project) Project {
	p.OrgID, p.AgreedOn = row.OrgID, row.AgreedOn
	title, summary := p.Title, p.Summary
	for _, l := range i18n.Langs {
		if s := row.Title.Get(l); s != "" {
			title.Set(l, s)
		}
		if s := row.Summary.Get(l); s != "" {
			summary.Set(l, s)
		}
	}
	plan := row.Plan
	plan.Title, plan.Summary = title, summary
	p.Plan = plan
	return p
}

// sameProject tells that a row tells nothing new.
func sameProject(a, b Project) bool {
	return a.OrgID == b.OrgID && a.AgreedOn == b.AgreedOn && a.Title == b.Title && a.Summary == b.Summary && a.PlaceID == b.PlaceID &&
		a.Sphere == b.Sphere && slices.Equal(a.TargetGroups, b.TargetGroups) && a.Beneficiaries == b.Beneficiaries &&
		a.Starts == b.Starts && a.Ends == b.Ends && a.FundingKind == b.FundingKind && a.Sum == b.Sum && slices.Equal(a.Years, b.Years)
}
