package funding

import (
	"context"
	"slices"
	"strings"

	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/rules"
	"birge/internal/projects"
)

// Verdict is what the portal says of one requirement of a call.
type Verdict struct {
	Requirement
	Answer rules.Answer
	// Parts are the conditions of its rule with what is known of them; none when
	// people judge it.
	Parts []rules.Part
}

// ByPeople tells that no rule judges the requirement.
func (v Verdict) ByPeople() bool { return v.Rule == "" }

// OfProposal tells that it is judged by what is applied for, not by who applies.
func (v Verdict) OfProposal() bool {
	for _, p := range v.Parts {
		for _, h := range p.Have {
			if strings.HasPrefix(h.Name, "proposal.") && h.Value == nil {
				return true
			}
		}
	}
	return false
}

// Failing tells that any of the verdicts is a plain no.
func Failing(list []Verdict) bool {
	return slices.ContainsFunc(list, func(v Verdict) bool { return v.Answer == rules.No })
}

// Env are the variables of which requirements may speak: today, the organization
// that applies, all of it public, and what it applies for.
func Env(book *norms.Book) rules.Env {
	codes := func(list string) (out []rules.Code) {
		for _, t := range book.AllTerms(list) {
			if !slices.ContainsFunc(out, func(c rules.Code) bool { return c.Code == t.Code }) {
				out = append(out, rules.Code{Code: t.Code, Label: t.Name})
			}
		}
		return out
	}
	return rules.Env{
		{Name: "today", Type: rules.Date, Label: i18n.Text{KK: "Бүгінгі күн", RU: "Сегодня", EN: "Today"}},
		{Name: "org.kind", Type: rules.Text, Codes: codes(norms.OrgKinds), Label: i18n.Text{KK: "Ұйымның түрі", RU: "Вид организации", EN: "Kind of organization"}},
		{Name: "org.legal_form", Type: rules.Text, Codes: codes(norms.LegalForms), Label: i18n.Text{KK: "Құқықтық нысан", RU: "Правовая форма", EN: "Legal form"}},
		{Name: "org.founded", Type: rules.Date, Label: i18n.Text{KK: "Құрылған күні", RU: "Дата создания", EN: "Date of founding"}},
		{Name: "org.age", Type: rules.Number, Label: i18n.Text{KK: "Ұйымның жасы, толық жыл", RU: "Возраст организации, полных лет", EN: "Age of the organization, full years"}},
		{Name: "org.active", Type: rules.Bool, Label: i18n.Text{KK: "Ұйым жұмыс істейді", RU: "Организация действует", EN: "The organization is active"}},
		{Name: "org.places", Type: rules.List, Label: i18n.Text{KK: "Ұйымның орны (ӘАОЖ кодтары)", RU: "Место организации (коды КАТО)", EN: "Place of the organization (KATO codes)"}},
		{Name: "org.rural", Type: rules.Bool, Label: i18n.Text{KK: "Ауылда орналасқан", RU: "Находится в селе", EN: "Lies in the country"}},
		{Name: "org.spheres", Type: rules.List, Codes: codes(norms.Spheres), Label: i18n.Text{KK: "Ұйымның салалары", RU: "Направления организации", EN: "Spheres of the organization"}},
		{Name: "org.return_filed", Type: rules.Bool, Label: i18n.Text{KK: "ҮЕҰ дерекқорына соңғы жылдың мәліметі тапсырылған", RU: "Сведения за последний год поданы в Базу данных НПО", EN: "The return of the last year is filed with the NGO Database"}},
		{Name: "org.live_agreements", Type: rules.Number, Label: i18n.Text{KK: "Қолданыстағы шарттар саны", RU: "Число действующих договоров", EN: "Number of agreements in force"}},
		{Name: "org.overdue", Type: rules.Number, Label: i18n.Text{KK: "Мерзімі өткен міндеттемелер саны", RU: "Число просроченных обязательств", EN: "Number of overdue obligations"}},
		{Name: "org.first_time", Type: rules.Bool, Label: i18n.Text{KK: "Бұрын шарты болмаған", RU: "Договоров раньше не было", EN: "Never had an agreement before"}},
		{Name: "proposal.sum", Type: rules.Money, Label: i18n.Text{KK: "Сұралатын сома", RU: "Запрашиваемая сумма", EN: "Sum applied for"}},
		{Name: "proposal.own_share", Type: rules.Number, Label: i18n.Text{KK: "Өз үлесі, %", RU: "Свой вклад, %", EN: "Own contribution, %"}},
		{Name: "proposal.months", Type: rules.Number, Label: i18n.Text{KK: "Жобаның ұзақтығы, ай", RU: "Длительность проекта, месяцев", EN: "Length of the project, months"}},
		{Name: "proposal.sphere", Type: rules.Text, Codes: codes(norms.Spheres), Label: i18n.Text{KK: "Жобаның саласы", RU: "Направление проекта", EN: "Sphere of the project"}},
		{Name: "proposal.target_groups", Type: rules.List, Codes: codes(norms.TargetGroups), Label: i18n.Text{KK: "Нысаналы топтар", RU: "Целевые группы", EN: "Target groups"}},
		{Name: "proposal.places", Type: rules.List, Label: i18n.Text{KK: "Жобаның орны (ӘАОЖ кодтары)", RU: "Место проекта (коды КАТО)", EN: "Place of the project (KATO codes)"}},
		{Name: "proposal.rural", Type: rules.Bool, Label: i18n.Text{KK: "Жоба ауылда өтеді", RU: "Проект проходит в селе", EN: "The project is in the country"}},
		{Name: "proposal.beneficiaries", Type: rules.Number, Label: i18n.Text{KK: "Бенефициарлар саны", RU: "Число благополучателей", EN: "Number of beneficiaries"}},
		{Name: "proposal.partners", Type: rules.Number, Label: i18n.Text{KK: "Серіктестер саны", RU: "Число партнеров", EN: "Number of partners"}},
	}
}

// Ready are requirements that most calls make, from which an officer can choose.
func Ready(place places.Place) []Requirement {
	list := []Requirement{
		{Code: "ngo", Rule: `org.kind == "ngo"`, Text: i18n.Text{KK: "Ұйым – үкіметтік емес ұйым", RU: "Организация – неправительственная", EN: "The organization is non-governmental"}},
		{Code: "active", Rule: `org.active`, Text: i18n.Text{KK: "Ұйым жабылмаған", RU: "Организация не закрыта", EN: "The organization is not closed"}},
		{Code: "age", Rule: `org.age >= 1`, Text: i18n.Text{KK: "Ұйым кемінде бір жыл бұрын құрылған", RU: "Организация создана не меньше года назад", EN: "The organization was founded at least a year ago"}},
		{Code: "return", Rule: `org.return_filed`, Text: i18n.Text{KK: "ҮЕҰ дерекқорына жыл сайынғы мәлімет тапсырылған", RU: "Ежегодные сведения в Базу данных НПО поданы", EN: "The yearly return to the NGO Database is filed"}},
		{Code: "overdue", Rule: `org.overdue == 0`, Text: i18n.Text{KK: "Мерзімі өткен міндеттеме жоқ", RU: "Нет просроченных обязательств", EN: "No obligations are overdue"}},
		{Code: "live", Rule: `org.live_agreements <= 2`, Text: i18n.Text{KK: "Қолданыстағы шарт екеуден аспайды", RU: "Действующих договоров не больше двух", EN: "At most two agreements are in force"}},
		{Code: "first", Rule: `org.first_time`, Text: i18n.Text{KK: "Ұйым бұрын қаржы алмаған", RU: "Организация раньше не получала денег", EN: "The organization was never funded before"}},
		{Code: "rural", Rule: `org.rural`, Text: i18n.Text{KK: "Ұйым ауылда орналасқан", RU: "Организация находится в селе", EN: "The organization lies in the country"}},
	}
	if place.ID != 0 {
		list = append(list, Requirement{Code: "here", Rule: `"` + place.Code() + `" in org.places`, Text: i18n.Text{
			KK: "Ұйымның орны: " + place.Name.KK, RU: "Место организации: " + place.Name.RU, EN: "Place of the organization: " + place.Name.EN}})
	}
	return list
}

// checkRules judges the rules of requirements. What is wrong stands beside the
// rule, with the character where it is.
func checkRules(list []Requirement, env rules.Env) (bad problem.Fields) {
	for i, r := range list {
		if _, err := rules.Compile(r.Rule, env); err != nil {
			p := problem.As(err)
			bad.Reject(true, field("eligibility", i)+"rule", p.Key, p.Args...)
		}
	}
	return bad
}

// verdicts judges requirements by what is known.
func verdicts(list []Requirement, env rules.Env, values rules.Values) (out []Verdict) {
	for _, r := range list {
		v := Verdict{Requirement: r}
		if rule, err := rules.Compile(r.Rule, env); err == nil && !rule.IsZero() {
			v.Answer, v.Parts = rule.Holds(values), rule.Explain(values)
		}
		out = append(out, v)
	}
	return out
}

// Eligible judges the requirements of a call for an organization and what it
// applies for; without a proposal (nil) what is asked of it stays unknown.
func (s *Service) Eligible(ctx context.Context, tx *db.Tx, c Call, o orgs.Organization, proposal rules.Values) ([]Verdict, error) {
	values, err := s.orgValues(ctx, tx, o)
	for name, v := range proposal {
		values[name] = v
	}
	return verdicts(c.Eligibility, Env(s.Norms.Book()), values), err
}

// orgValues is what rules may know of an organization. All of it is public.
func (s *Service) orgValues(ctx context.Context, tx *db.Tx, o orgs.Organization) (rules.Values, error) {
	today := s.today(tx)
	v := rules.Values{"today": today, "org.kind": o.Kind, "org.legal_form": o.LegalForm, "org.founded": o.Founded, "org.active": o.ActiveOn(today),
		"org.rural": o.Rural, "org.spheres": append([]string{}, o.Spheres...), "org.places": s.codesAround(o.PlaceID)}
	if !o.Founded.IsZero() {
		v["org.age"] = fullYears(o.Founded, today)
	}
	family, err := orgs.Family(ctx, tx, o.ID)
	if err != nil {
		return v, err
	}
	filed, known, err := orgs.ReturnFiled(ctx, tx, family, today)
	if err != nil {
		return v, err
	}
	if known || !o.IsNGO() { // who owes no return has filed all that is asked
		v["org.return_filed"] = filed || !o.IsNGO()
	}
	live, ever, err := projects.AgreementsOf(ctx, tx, family, today)
	if err != nil {
		return v, err
	}
	v["org.live_agreements"], v["org.first_time"] = live, ever == 0
	v["org.overdue"], err = s.overdue(ctx, tx, family, today)
	return v, err
}

// codesAround are the codes of a place and of the places around it.
func (s *Service) codesAround(place ref.ID) []string {
	codes := []string{}
	for _, id := range s.Places.Tree().Path(place) {
		if p, ok := s.Places.Tree().Place(id); ok {
			codes = append(codes, p.Code())
		}
	}
	return codes
}

// overdue counts what an organization owes late, of what everybody may see.
func (s *Service) overdue(ctx context.Context, tx *db.Tx, family []ref.ID, today db.Date) (n int, err error) {
	for _, id := range family {
		owed, err := s.Obligations.OwedBy(ctx, tx, ref.Ref{Kind: orgs.Kind, ID: id})
		if err != nil {
			return n, err
		}
		for _, o := range owed {
			if o.ShownToAll && o.State(today).Overdue() {
				n++
			}
		}
	}
	return n, nil
}

// fullYears counts the years that are full between two days.
func fullYears(from, to db.Date) int {
	n := to.Year() - from.Year()
	_, m, d := from.Date()
	if to.Before(db.Day(to.Year(), m, d)) {
		n--
	}
	return n
}

// Fit is whether one organization meets the requirements of a call.
type Fit struct {
	Org      orgs.Organization
	Verdicts []Verdict
}

// Fits judges organizations for a call that everybody may see, in the given order.
func (s *Service) Fits(ctx context.Context, call Call, ids []ref.ID) (list []Fit, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		byID, err := orgs.ByIDs(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			o, ok := byID[id]
			if !ok {
				continue
			}
			v, err := s.Eligible(ctx, tx, call, o, nil)
			if err != nil {
				return err
			}
			list = append(list, Fit{o, v})
		}
		return nil
	})
	return list, err
}
