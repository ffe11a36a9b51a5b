package funding

import (
	"cmp"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/table"
	"birge/internal/projects"
)

// What is typed into an application is kept as it was typed, by the names of the
// fields; only a whole check makes a proposal of it. A row of a list has an id in
// its name, "lines.0D3….price", so that rows keep their names when others come
// and go while several people write.

// ProposalFields are the fields of a proposal that stand alone, by the step on
// which they are asked.
var ProposalFields = map[Step][]string{
	StepAbout: {"contact.name", "contact.phone", "contact.mail", "team"},
	StepIdea: {"lang", "topic", "title.kk", "title.ru", "title.en", "summary.kk", "summary.ru", "summary.en", "sphere", "more_spheres",
		"place", "starts", "ends", "need", "method", "risks", "lasting", "beneficiaries", "sdgs"},
}

// ProposalLists are the lists of a proposal with the fields of a row.
var ProposalLists = map[string][]string{
	"places":     {"place"},
	"groups":     {"code", "people"},
	"indicators": {"name", "unit", "measure", "adding", "baseline", "target", "source"},
	"activities": {"name", "from", "to"},
	"lines":      {"category", "name", "unit", "quantity", "price", "own", "reason"},
	"partners":   {"org", "role"},
}

// StepLists tells which lists are asked on which step.
var StepLists = map[Step][]string{
	StepIdea: {"places", "groups"}, StepResults: {"indicators"}, StepWork: {"activities"}, StepBudget: {"lines"}, StepPartners: {"partners"},
}

// preset are fields of a row that have a value before anybody types.
var preset = map[string]bool{"measure": true, "adding": true, "category": true}

// RowsOf are the ids of the rows of a list into which something was typed, in the
// order in which they were begun.
func RowsOf(values url.Values, list string) (ids []ref.ID) {
	for name, v := range values {
		rest, ok := strings.CutPrefix(name, list+".")
		id, field, isRow := strings.Cut(rest, ".")
		if !ok || !isRow || preset[field] || strings.TrimSpace(strings.Join(v, "")) == "" {
			continue
		}
		if row, ok := ref.ParseID(id); ok && !slices.Contains(ids, row) {
			ids = append(ids, row)
		}
	}
	slices.Sort(ids)
	return ids
}

// typed reads fields and notes what cannot be read.
type typed struct {
	values url.Values
	lang   i18n.Lang
	bad    problem.Fields
}

func (t *typed) line(name string) string {
	return strings.Join(strings.Fields(t.values.Get(name)), " ")
}

// text is a text in the language of the application.
func (t *typed) text(name string) i18n.Text {
	return i18n.Only(t.lang, strings.TrimSpace(t.values.Get(name)))
}

// texts is a text in three languages.
func (t *typed) texts(name string) (x i18n.Text) {
	for _, l := range i18n.Langs {
		x.Set(l, strings.TrimSpace(t.values.Get(name+"."+string(l))))
	}
	return x
}

func (t *typed) list(name string) (out []string) {
	for _, v := range t.values[name] {
		if v != "" {
			out = append(out, v)
		}
	}
	return out
}

// parsed reads a field that is not empty.
func parsed[T any](t *typed, name string, parse func(string) (T, *problem.Fault)) (v T) {
	s := t.line(name)
	if s == "" {
		return v
	}
	v, fault := parse(s)
	if fault != nil {
		t.bad.Reject(true, name, fault.Key, fault.Args...)
	}
	return v
}

func (t *typed) int(name string) int64    { return parsed(t, name, table.ParseInt) }
func (t *typed) money(name string) int64  { return parsed(t, name, table.ParseMoney) }
func (t *typed) date(name string) db.Date { return parsed(t, name, table.ParseDate) }

// month is a month, 2027-03, by its first day.
func (t *typed) month(name string) db.Date {
	return parsed(t, name, func(s string) (db.Date, *problem.Fault) { return table.ParseDate(s + "-01") })
}

// thousandths is a number with at most three decimals.
func (t *typed) thousandths(name string) int64 {
	return parsed(t, name, func(s string) (int64, *problem.Fault) {
		v, err := strconv.ParseFloat(strings.Replace(strings.ReplaceAll(s, " ", ""), ",", ".", 1), 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 1e12 {
			return 0, &problem.Fault{Key: "form.not_a_number"}
		}
		return int64(math.Round(v * thousandth)), nil
	})
}

// lookup finds what a proposal names elsewhere.
type lookup struct {
	tree *places.Tree
	// org finds an organization of the register by its BIN.
	org func(bin string) ref.ID
	// term tells that a classifier knows a code.
	term func(list, code string) bool
}

// proposalOf makes a proposal of what was typed; what cannot be read is a fault.
func proposalOf(values url.Values, find lookup) (p Proposal, bad problem.Fields) {
	t := &typed{values: values, lang: i18n.KK}
	if l, ok := i18n.ParseLang(values.Get("lang")); ok {
		t.lang = l
	}
	p = Proposal{Lang: t.lang, Title: t.texts("title"), Summary: t.texts("summary"), Need: t.text("need"), Method: t.text("method"), Risks: t.text("risks"),
		Lasting: t.text("lasting"), Team: t.text("team"), TopicID: t.id("topic"), PlaceID: t.place(find, "place"), Sphere: t.code(find, "sphere", "sphere"),
		MoreSpheres: t.codes(find, "more_spheres", "sphere"), SDGs: t.codes(find, "sdgs", "sdg"), Beneficiaries: t.int("beneficiaries"), Starts: t.date("starts"), Ends: t.date("ends")}
	t.rows("places", func(at string, _ ref.ID) {
		if id := t.place(find, at+"place"); id != 0 && id != p.PlaceID && !slices.Contains(p.MorePlaces, id) {
			p.MorePlaces = append(p.MorePlaces, id)
		}
	})
	t.rows("groups", func(at string, _ ref.ID) { t.group(find, &p, at) })
	t.rows("activities", func(at string, id ref.ID) {
		p.Activities = append(p.Activities, Activity{id, t.text(at + "name"), t.month(at + "from"), t.month(at + "to")})
	})
	t.rows("indicators", func(at string, id ref.ID) { p.Indicators = append(p.Indicators, t.indicator(at, id)) })
	t.rows("lines", func(at string, id ref.ID) { p.Lines = append(p.Lines, t.budgetLine(find, at, id)) })
	t.rows("partners", func(at string, id ref.ID) { p.Partners = append(p.Partners, t.partner(find, at, id)) })
	slices.SortStableFunc(p.Activities, func(a, b Activity) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	sum, asked := totals(p.Lines)
	p.Asked, p.Own = asked, sum-asked
	return p, t.bad
}

func (t *typed) rows(list string, read func(at string, id ref.ID)) {
	for _, id := range RowsOf(t.values, list) {
		read(rowOf(list, id), id)
	}
}

// id is the thing that was chosen.
func (t *typed) id(name string) ref.ID {
	s := t.line(name)
	id, ok := ref.ParseID(s)
	t.bad.Reject(s != "" && !ok, name, "form.unknown_choice")
	return id
}

// place is a place by its code, id or name.
func (t *typed) place(find lookup, name string) ref.ID {
	s := t.line(name)
	if s == "" {
		return 0
	}
	p, ok := find.tree.Typed(s)
	t.bad.Reject(!ok, name, "form.unknown_place")
	return p.ID
}

func (t *typed) code(find lookup, name, list string) string {
	s := t.line(name)
	t.bad.Reject(s != "" && !find.term(list, s), name, "form.unknown_choice")
	return s
}

func (t *typed) codes(find lookup, name, list string) []string {
	all := t.list(name)
	for _, s := range all {
		t.bad.Reject(!find.term(list, s), name, "form.unknown_choice")
	}
	return all
}

func (t *typed) group(find lookup, p *Proposal, at string) {
	code := t.code(find, at+"code", "target_group")
	t.bad.Reject(code == "", at+"code", "form.required")
	t.bad.Reject(slices.Contains(p.TargetGroups, code), at+"code", "projects.group_twice")
	p.TargetGroups = append(p.TargetGroups, code)
	n := t.int(at + "people")
	t.bad.Reject(n < 0, at+"people", "form.negative")
	if n > 0 {
		if p.Reach == nil {
			p.Reach = map[string]int64{}
		}
		p.Reach[code] = n
	}
}

func (t *typed) indicator(at string, id ref.ID) projects.Indicator {
	i := projects.Indicator{ID: id, Name: t.text(at + "name"), Unit: t.text(at + "unit"), Source: t.text(at + "source"),
		Measure: projects.Measure(cmp.Or(t.line(at+"measure"), string(projects.Number))),
		Adding:  projects.Adding(cmp.Or(t.line(at+"adding"), string(projects.Cumulative)))}
	t.bad.Reject(!slices.Contains([]projects.Measure{projects.Number, projects.Percent, projects.YesNo}, i.Measure), at+"measure", "form.unknown_choice")
	t.bad.Reject(i.Adding != projects.Cumulative && i.Adding != projects.PerPeriod, at+"adding", "form.unknown_choice")
	i.Baseline, i.Target = t.value(i.Measure, at+"baseline"), t.value(i.Measure, at+"target")
	return i
}

// value reads a number, a share "12/40", or 1 and 0 for yes and no.
func (t *typed) value(m projects.Measure, name string) projects.Value {
	s := t.line(name)
	switch {
	case s == "":
		return projects.Value{}
	case m == projects.Percent:
		v, ok := projects.ParseShare(s)
		t.bad.Reject(!ok || v.B <= 0 || v.A < 0 || v.A > v.B, name, "projects.write_share")
		return v
	case m == projects.YesNo:
		return projects.YesOrNo(t.thousandths(name) != 0)
	}
	return projects.NumberOf(t.thousandths(name))
}

func (t *typed) budgetLine(find lookup, at string, id ref.ID) BudgetLine {
	l := BudgetLine{ID: id, Category: t.code(find, at+"category", ListCategories), Name: t.text(at + "name"), Unit: t.text(at + "unit"),
		Quantity: t.thousandths(at + "quantity"), Price: t.money(at + "price"), Own: t.money(at + "own"), Reason: t.text(at + "reason")}
	l.Sum, _ = Cost(l.Quantity, l.Price)
	return l
}

// partner is an organization of the register by its BIN, or the name of another.
func (t *typed) partner(find lookup, at string, id ref.ID) Partner {
	p := Partner{ID: id, Partner: projects.Partner{Role: t.text(at + "role")}}
	s := t.line(at + "org")
	if bin, fault := table.ParseBIN(s); s != "" && fault == nil {
		p.OrgID = find.org(bin)
		t.bad.Reject(p.OrgID == 0, at+"org", "funding.bin_unknown")
		return p
	}
	p.Name = s
	return p
}
