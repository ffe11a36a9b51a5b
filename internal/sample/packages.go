package sample

import (
	"context"
	"slices"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// sentOn is a proposal of the sample's package to the national plan, and its fate.
type sentOn struct {
	text, measure i18n.Text
	word          i18n.Text // of the answer, where there is one
	fate          resolutions.ItemStage
}

var sent = []sentOn{
	{text: i18n.Text{KK: "Мемлекеттік әлеуметтік тапсырыс шартын үш жылға жасасуға рұқсат ету", RU: "Разрешить заключать договоры государственного социального заказа на три года", EN: "Allow contracts of the state social order for three years"},
		measure: i18n.Text{KK: "Норма қабылданды", RU: "Норма принята", EN: "The rule is adopted"}, fate: resolutions.ItemInWork,
		word: i18n.Text{KK: "Іс-шаралар жоспарының 12-тармағына енгізілді.", RU: "Включено в пункт 12 плана мероприятий.", EN: "Included in item 12 of the plan of measures."}},
	{text: i18n.Text{KK: "Ауыл ҮЕҰ-лары үшін есеп нысанын бір бетке қысқарту", RU: "Сократить форму отчёта сельских НПО до одной страницы", EN: "Cut the report of rural NGOs to one page"},
		measure: i18n.Text{KK: "Жаңа нысан бекітілді", RU: "Утверждена новая форма", EN: "The new form is approved"}, fate: resolutions.ItemDone,
		word: i18n.Text{KK: "Жаңа нысан бекітілді.", RU: "Новая форма утверждена.", EN: "The new form is approved."}},
	{text: i18n.Text{KK: "ҮЕҰ-ларды мүлік салығынан босату", RU: "Освободить НПО от налога на имущество", EN: "Free NGOs of the tax on property"},
		measure: i18n.Text{KK: "Заңға өзгеріс енгізілді", RU: "Внесено изменение в закон", EN: "The law is changed"}, fate: resolutions.ItemDeclined,
		word: i18n.Text{KK: "Бұл мәселе салық кодексінің құзыретінде.", RU: "Вопрос относится к налоговому кодексу.", EN: "It is a matter of the tax code."}},
	{text: i18n.Text{KK: "Еріктілердің сақтандыруын бюджеттен төлеу", RU: "Оплачивать страхование волонтёров из бюджета", EN: "Pay the insurance of volunteers from the budget"},
		measure: i18n.Text{KK: "Сақтандыру ережесі бекітілді", RU: "Утверждены правила страхования", EN: "The rules of the insurance are approved"}, fate: resolutions.ItemAssigned},
}

// planPackage plans what the forum of the region sent on to the national Concept.
func (t *teller) planPackage() {
	var d resolutions.Document
	t.plan(t.today.AddDays(-350), func(ctx context.Context) (err error) {
		d, err = t.sendPackage(ctx)
		return err
	})
	t.plan(t.today.AddDays(-320), func(ctx context.Context) error { return t.answerPackage(ctx, d.ID) })
}

func (t *teller) sendPackage(ctx context.Context) (d resolutions.Document, err error) {
	list, err := t.Resolutions.List(ctx, 100, 0)
	if err != nil {
		return d, err
	}
	var concept ref.ID
	if i := slices.IndexFunc(list, func(l resolutions.Line) bool { return l.Kind == resolutions.Concept }); i >= 0 {
		concept = list[i].ID
	}
	if d, err = t.Resolutions.Begin(ctx, t.by, resolutions.NewDocument{Kind: resolutions.Package, PlaceID: t.region.ID, HolderID: t.states[0].ID, ForumID: t.pastForum.ID, TargetID: concept, Sample: true,
		Title: i18n.Text{KK: "Үлгі облысының жалпыұлттық жоспарға ұсыныстары", RU: "Предложения Учебной области в общенациональный план", EN: "Proposals of the Sample region to the national plan"}}); err != nil {
		return d, err
	}
	for n, x := range sent {
		a, err := t.Resolutions.Write(ctx, t.by, d.ID, []resolutions.NewArticle{{Text: x.text}})
		if err != nil {
			return d, err
		}
		if err := t.Resolutions.SetDuty(ctx, t.by, a[0].ID, 0, resolutions.Duty{Asks: true, OwnerID: t.states[1].ID, Due: t.day().AddDays(420 + 10*n), Measure: x.measure}); err != nil {
			return d, err
		}
	}
	return d, t.Resolutions.Adopt(ctx, t.by, d.ID, resolutions.Adoption{On: t.day(), AnswerBy: t.day().AddDays(40)})
}

// answerPackage notes what the answers say.
func (t *teller) answerPackage(ctx context.Context, document ref.ID) error {
	y, err := t.Resolutions.Story(ctx, t.by, document)
	if err != nil {
		return err
	}
	for n, x := range sent {
		id := y.Rows[n].ID
		if x.fate == resolutions.ItemAssigned {
			continue
		}
		err := t.Resolutions.Reply(ctx, t.by, id, 0, resolutions.Reply{Accept: x.fate != resolutions.ItemDeclined, Text: x.word})
		if err == nil && x.fate != resolutions.ItemDeclined {
			err = t.Resolutions.Work(ctx, t.by, id, 0, x.word)
		}
		if err == nil && x.fate == resolutions.ItemDone {
			err = t.Resolutions.Finish(ctx, t.by, id, 0, x.word, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
