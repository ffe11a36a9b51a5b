package sample

import (
	"context"
	"slices"
	"strings"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// sorts says how many organizations of each kind the region has and how their
// names are made around the invented part.
var sorts = []struct {
	kind, form string
	count      int
	name       i18n.Text // {} stands for the invented part
	from       int       // the earliest year of founding
}{
	{"ngo", "public_association", 271, i18n.Text{KK: "«{}» қоғамдық бірлестігі", RU: "ОО «{}»", EN: "{} Public Association"}, 1996},
	{"ngo", "public_foundation", 190, i18n.Text{KK: "«{}» қоғамдық қоры", RU: "ОФ «{}»", EN: "{} Public Foundation"}, 1999},
	{"ngo", "institution", 70, i18n.Text{KK: "«{}» мекемесі", RU: "Учреждение «{}»", EN: "{} Institution"}, 2001},
	{"ngo", "association", 30, i18n.Text{KK: "«{}» заңды тұлғалар бірлестігі", RU: "ОЮЛ «{}»", EN: "{} Association of Legal Entities"}, 2003},
	{"ngo", "private_foundation", 22, i18n.Text{KK: "«{}» жеке қоры", RU: "ЧФ «{}»", EN: "{} Private Foundation"}, 2005},
	{"business", "llp", 34, i18n.Text{KK: "«{}» ЖШС", RU: "ТОО «{}»", EN: "{} LLP"}, 1998},
	{"media", "llp", 18, i18n.Text{KK: "«{}» газеті", RU: "Газета «{}»", EN: "{} newspaper"}, 1993},
	{"ethnocultural_centre", "public_association", 16, i18n.Text{KK: "«{}» этномәдени орталығы", RU: "Этнокультурный центр «{}»", EN: "{} Ethnocultural Centre"}, 1995},
	{"trade_union", "trade_union", 12, i18n.Text{KK: "«{}» кәсіподағы", RU: "Профсоюз «{}»", EN: "{} Trade Union"}, 1994},
	{"public_council", "none", 8, i18n.Text{KK: "{} қоғамдық кеңесі", RU: "Общественный совет: {}", EN: "{} Public Council"}, 2016},
	{"religious_association", "religious_association", 9, i18n.Text{KK: "«{}» діни бірлестігі", RU: "Религиозное объединение «{}»", EN: "{} Religious Association"}, 1997},
	{"party_branch", "branch", 5, i18n.Text{KK: "«{}» партиясының филиалы", RU: "Филиал партии «{}»", EN: "Branch of the {} Party"}, 2000},
	{"chamber", "nonprofit_jsc", 1, i18n.Text{KK: "«{}» кәсіпкерлер палатасы", RU: "Палата предпринимателей «{}»", EN: "{} Chamber of Entrepreneurs"}, 2013},
	{"assembly", "institution", 1, i18n.Text{KK: "«{}» ассамблеясы", RU: "Ассамблея «{}»", EN: "{} Assembly"}, 1996},
	{"support_centre", "institution", 2, i18n.Text{KK: "«{}» азаматтық бастамаларды қолдау орталығы", RU: "Центр поддержки гражданских инициатив «{}»", EN: "{} Centre for Support of Civic Initiatives"}, 2018},
	{"international", "foreign", 3, i18n.Text{KK: "«{}» халықаралық ұйымының өкілдігі", RU: "Представительство международной организации «{}»", EN: "{} International, Representation"}, 2002},
}

// testBINs are the valid numbers that are set aside for tests.
var testBINs = []string{"150140000012", "230940123450", "100241000776", "240340001811"}

// tellOrgs enters the organizations in a few transactions.
func (t *teller) tellOrgs(ctx context.Context) error {
	drafts := t.stateBodies()
	names := t.inventedNames()
	for _, s := range sorts {
		for range t.of(s.count) {
			drafts = append(drafts, t.draft(s.kind, s.form, fill(s.name, names()), s.from))
		}
	}
	for i := range testBINs {
		drafts[len(t.departments())+i].BIN = testBINs[i]
	}
	drafts = slices.DeleteFunc(drafts, func(d orgs.Draft) bool {
		later := d.Founded.After(t.day())
		if later { // it enters the register a few weeks after it is founded
			t.plan(d.Founded.AddDays(t.between(10, 40)), func(ctx context.Context) error { return t.enter(ctx, []orgs.Draft{d}) })
		}
		return later
	})
	const batch = 100
	for len(drafts) > 0 {
		n := min(batch, len(drafts))
		if err := t.enter(ctx, drafts[:n]); err != nil {
			return err
		}
		drafts = drafts[n:]
	}
	return nil
}

func (t *teller) enter(ctx context.Context, drafts []orgs.Draft) error {
	var made []orgs.Organization
	if err := t.DB.Update(ctx, func(tx *db.Tx) error {
		made = made[:0]
		for _, d := range drafts {
			o, err := t.Orgs.CreateIn(ctx, tx, t.by, d, "sample", true)
			if err != nil {
				return err
			}
			made = append(made, o)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, o := range made {
		switch {
		case o.Kind == "ngo" && o.Closed.IsZero():
			t.ngos = append(t.ngos, o)
		case o.Kind == "state_body":
			t.states = append(t.states, o)
		case o.Kind == "business":
			t.sponsors = append(t.sponsors, o)
		case o.Kind == "public_council":
			t.councils = append(t.councils, o)
		}
	}
	return nil
}

func (t *teller) departments() []i18n.Text { return departmentNames }

func (t *teller) stateBodies() []orgs.Draft {
	var out []orgs.Draft
	for _, name := range t.departments() {
		d := t.draft("state_body", "state_institution", name, 1998)
		d.PlaceID, d.Spheres, d.Closed = t.districts[0].ID, nil, db.Date{}
		out = append(out, d)
	}
	return out
}

func (t *teller) draft(kind, form string, name i18n.Text, from int) orgs.Draft {
	d := orgs.Draft{Kind: kind, LegalForm: form, Name: name, PlaceID: t.somewhere().ID, Founded: t.founded(kind, from)}
	if kind == "ngo" {
		d.Spheres = []string{pick(t, themes).sphere}
		if second := pick(t, themes).sphere; second != d.Spheres[0] {
			d.Spheres = append(d.Spheres, second)
		}
		if closed := d.Founded.AddDays(t.between(400, 900)); t.often(9) && closed.Before(t.day()) {
			d.Closed = closed
		}
	}
	return d
}

// founded is a day before the first act of the sample, or for some NGOs a day
// since, so that the register grows to this year.
func (t *teller) founded(kind string, from int) db.Date {
	if kind == "ngo" && t.often(14) {
		return t.day().AddDays(t.between(1, t.day().DaysUntil(t.today)-60))
	}
	last := t.today.Year() - 4
	return db.Day(from+t.rnd.IntN(max(1, last-from+1)), time.Month(t.between(1, 12)), t.between(1, 28))
}

// inventedNames gives pairs of common words, none twice.
func (t *teller) inventedNames() func() i18n.Text {
	var all []string
	for _, a := range firstWords {
		for _, b := range secondWords {
			all = append(all, a+" "+b)
		}
	}
	t.rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	next := 0
	return func() i18n.Text {
		s := all[next]
		next++
		return i18n.Text{KK: s, RU: s, EN: latin(s)}
	}
}

func fill(pattern, name i18n.Text) (out i18n.Text) {
	for _, l := range i18n.Langs {
		out.Set(l, strings.Replace(pattern.Get(l), "{}", name.Get(l), 1))
	}
	return out
}

var letters = strings.NewReplacer("А", "A", "Ә", "A", "Б", "B", "Г", "G", "Ғ", "Gh", "Д", "D", "Е", "E", "Ж", "Zh", "З", "Z", "И", "I", "Й", "I", "К", "K", "Қ", "Q",
	"Л", "L", "М", "M", "Н", "N", "О", "O", "Ө", "O", "П", "P", "Р", "R", "С", "S", "Т", "T", "Ұ", "U", "Ү", "U", "Ш", "Sh", "Ы", "Y", "І", "I",
	"а", "a", "ә", "a", "б", "b", "г", "g", "ғ", "gh", "д", "d", "е", "e", "ж", "zh", "з", "z", "и", "i", "й", "i", "к", "k", "қ", "q",
	"л", "l", "м", "m", "н", "n", "ң", "ng", "о", "o", "ө", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ұ", "u", "ү", "u", "ш", "sh", "ы", "y", "і", "i")

// latin writes a Kazakh name in Latin letters, for English.
func latin(s string) string { return letters.Replace(s) }
