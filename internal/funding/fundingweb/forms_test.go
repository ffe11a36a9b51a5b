package fundingweb_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
)

// office is an officer of a state body who builds a form by plain posts.
type office struct {
	*birgetest.World
	t       *testing.T
	officer *birgetest.Reader
	form    string // "/ru/forms/0…"
}

func inOffice(t *testing.T, test func(t *testing.T, o *office)) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		region := w.Places.Tree().Regions()[0]
		body, err := w.Orgs.Create(t.Context(), access.Portal("test"), orgs.Draft{Kind: orgs.StateBody, Name: i18n.Text{RU: "Управление"}, PlaceID: region.ID})
		if err != nil {
			t.Fatal(err)
		}
		o := &office{World: w, t: t, officer: w.SignedIn("officer@x.kz", birgetest.Held{Role: access.Officer, For: region.Ref()})}
		a := o.officer.Post("/ru/forms/new", url.Values{"owner": {body.ID.String()}, "title.kk": {"Өтінім"}, "title.ru": {"Заявка"}})
		if a.Status != http.StatusSeeOther {
			t.Fatalf("a form is not begun: %d %s", a.Status, a.Body)
		}
		o.form, _, _ = strings.Cut(a.Header.Get("Location"), "/draft")
		test(t, o)
	})
}

var draftVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// post sends a form of the builder with the version that its page shows.
func (o *office) post(path string, values url.Values) birgetest.Answer {
	o.t.Helper()
	page := o.officer.Get(o.form + path)
	m := draftVersion.FindStringSubmatch(page.Body)
	if m == nil {
		o.t.Fatalf("%s shows no version: %d", path, page.Status)
	}
	values.Set("version", m[1])
	path, _, _ = strings.Cut(path, "?")
	return o.officer.Post(o.form+path, values)
}

// saved is post that must be taken.
func (o *office) saved(path string, values url.Values) {
	o.t.Helper()
	if a := o.post(path, values); a.Status != http.StatusSeeOther {
		o.t.Fatalf("%s: %d\n%s", path, a.Status, strings.Join(regexp.MustCompile(`class="(?:fault|notice late)"[^>]*>[^<]*`).FindAllString(a.Body, -1), "\n"))
	}
}

func (o *office) text() string {
	o.t.Helper()
	_, text, _ := strings.Cut(o.officer.Get(o.form+"/draft/text").Body, `name="text"`)
	_, text, _ = strings.Cut(text, ">")
	text, _, _ = strings.Cut(text, "</textarea>")
	return html.UnescapeString(text)
}

func (o *office) build() {
	o.t.Helper()
	o.saved("/draft/section", url.Values{"title.ru": {"О проекте"}, "title.en": {"About it"}})
	o.saved("/draft/question", url.Values{"section": {"about_it"}, "type": {"choice"}, "title.ru": {"Вид проекта"}, "required": {"yes"},
		"options.0.ru": {"Фестиваль"}, "options.0.kk": {"Фестиваль"}, "options.1.ru": {"Курс"}})
	o.saved("/draft/question", url.Values{"section": {"about_it"}, "type": {"yes_no"}, "title.ru": {"Нужна ли сцена?"}, "pick": {`vid_proekta == "festival"`}})
}

// A form is built by plain posts, conditions picked from lists, and read by everybody
// once it is published.
func TestBuildingAFormWithoutAScript(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		if a := o.Stranger().Get(o.form); a.Status != http.StatusNotFound {
			t.Errorf("a stranger opens a form without a version: %d", a.Status)
		}
		o.build()
		page := o.officer.Get(o.form + "/draft/question?section=about_it").Body
		for _, want := range []string{`value="not nuzhna_li_scena"`, `«Вид проекта»: Курс`, `value="org.age"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the lists of conditions have no %s", want)
			}
		}
		o.saved("/draft/question", url.Values{"section": {"about_it"}, "type": {"money"}, "title.ru": {"Сумма"}, "code": {"asked"}, "max": {"5 000 000"}, "blind": {"yes"},
			"pick": {"nuzhna_li_scena"}, "when.name": {"org.age"}, "when.sign": {">="}, "when.value": {"2"}})
		want := `# about_it
ru: О проекте
en: About it

vid_proekta: choice, required
ru: Вид проекта
- festival | Фестиваль | Фестиваль |
- kurs |  | Курс |

nuzhna_li_scena: yes_no
ru: Нужна ли сцена?
if: vid_proekta == "festival"

asked: money, to 5000000, blind
ru: Сумма
if: nuzhna_li_scena and org.age >= 2
`
		if got := o.text(); got != want {
			t.Errorf("the form is\n%s", got)
		}
		if a := o.post("/draft", url.Values{}); a.Status == http.StatusSeeOther {
			t.Error("a step without a name was taken")
		}
		o.publish(nil)
		for path, want := range map[string]string{
			"": "Вид проекта", "/versions/1": "Отвечайте, только если: «Вид проекта»: Фестиваль", "/versions/1?as=text": "asked: money, to 5000000, blind",
		} {
			if a := o.Stranger().Get(o.form + path); a.Status != http.StatusOK || !strings.Contains(a.Body, want) {
				t.Errorf("a stranger reads %d at %s, without %q", a.Status, path, want)
			}
		}
		if a := o.Stranger().Get(o.form); strings.Contains(a.Body, "data-questions") {
			t.Error("the script hides questions of a form that is only looked at")
		}
		if a := o.Stranger().Get("/ru/forms"); !strings.Contains(a.Body, "Заявка") {
			t.Error("the list does not name the form")
		}
	})
}

func (o *office) publish(reason url.Values) {
	o.t.Helper()
	m := draftVersion.FindStringSubmatch(o.officer.Get(o.form + "/draft").Body)
	values := url.Values{"version": {m[1]}}
	for name, v := range reason {
		values[name] = v
	}
	if a := o.officer.Post(o.form+"/versions", values); a.Status != http.StatusSeeOther {
		o.t.Fatalf("not published: %d %s", a.Status, a.Body)
	}
}

func TestEditingMovingComparing(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.build()
		o.publish(nil)
		o.saved("/draft/section", url.Values{"title.ru": {"Деньги"}, "code": {"money_part"}})
		o.saved("/draft", url.Values{"do": {"down.q.nuzhna_li_scena"}})
		if text := o.text(); !strings.Contains(text, "# money_part\nru: Деньги\n\nnuzhna_li_scena") {
			t.Errorf("the question did not go to the next section:\n%s", text)
		}
		o.saved("/draft/question?code=vid_proekta", url.Values{"was": {"vid_proekta"}, "code": {"vid_proekta"}, "section": {"about_it"}, "type": {"choice"}, "title.ru": {"Вид"},
			"options.0.ru": {"Фестиваль"}, "options.0.code": {"festival"}, "options.1.ru": {"Лагерь"}})
		page := o.officer.Get(o.form + "/compare?from=1&to=draft").Body
		for _, want := range []string{"перемещено", "добавлено", "<del", "Лагерь", "Деньги"} {
			if !strings.Contains(page, want) {
				t.Errorf("the comparison has no %q", want)
			}
		}
		if a := o.Stranger().Get(o.form + "/compare?from=1&to=draft"); a.Status != http.StatusNotFound {
			t.Errorf("a stranger compares with the draft: %d", a.Status)
		}
		m := draftVersion.FindStringSubmatch(o.officer.Get(o.form + "/draft").Body)
		if a := o.officer.Post(o.form+"/versions", url.Values{"version": {m[1]}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a second version without a reason: %d", a.Status)
		}
		o.publish(url.Values{"reason.ru": {"Просили заявители"}})
		o.saved("/draft/question?code=vid_proekta", url.Values{"was": {"vid_proekta"}, "remove": {"yes"}})
		if page := o.officer.Get(o.form + "/draft").Body; !strings.Contains(page, "имени «vid_proekta» нет") {
			t.Error("the page does not say that a condition lost its question")
		}
	})
}

// What is wrong is said beside its field, and nothing typed is lost.
func TestBuilderSaysWhatIsWrong(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.build()
		for want, values := range map[string]url.Values{
			"Напишите текст хотя бы на одном языке": {"type": {"text"}},
			"Нужно хотя бы два варианта":            {"type": {"choice"}, "title.ru": {"Что?"}, "options.0.ru": {"Одно"}},
			"Условие не закончено":                  {"type": {"text"}, "title.ru": {"Что?"}, "if": {"vid_proekta =="}},
			"никогда не бывает «concert»":           {"type": {"text"}, "title.ru": {"Что?"}, "if": {`vid_proekta == "concert"`}},
			"Этот код дан дважды":                   {"type": {"text"}, "title.ru": {"Что?"}, "code": {"vid_proekta"}},
			"Наибольшее не может быть меньше":       {"type": {"number"}, "title.ru": {"Что?"}, "min": {"5"}, "max": {"1"}},
		} {
			values.Set("section", "about_it")
			a := o.post("/draft/question", values)
			if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, want) {
				t.Errorf("%v: %d, without %q", values, a.Status, want)
			}
			if title := values.Get("title.ru"); title != "" && !strings.Contains(a.Body, `value="`+title+`"`) {
				t.Errorf("%v: what was typed is lost", values)
			}
		}
		before := o.text()
		a := o.post("/draft/text", url.Values{"text": {before + "\nquestion without a colon\n"}})
		if line := "Строка " + strconv.Itoa(strings.Count(before, "\n")+2); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, line) {
			t.Errorf("%d, without %q", a.Status, line)
		}
		o.saved("/draft/text", url.Values{"text": {strings.ReplaceAll(before, "\n", "\r\n") + "\r\nmore: text\r\nru: Ещё\r\n"}})
		if got := o.text(); got != before+"\nmore: text\nru: Ещё\n" {
			t.Errorf("the text became\n%s", got)
		}
		if a := o.officer.Post(o.form+"/draft/question", url.Values{"version": {"1"}, "section": {"about_it"}, "type": {"text"}, "title.ru": {"Поздно"}}); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Поздно") {
			t.Errorf("an old draft was changed: %d", a.Status)
		}
	})
}

// A condition, a row and a type are added by buttons that give the form back.
func TestButtonsOfAQuestion(t *testing.T) {
	inOffice(t, func(t *testing.T, o *office) {
		o.build()
		values := url.Values{"section": {"about_it"}, "type": {"text"}, "title.ru": {"Что?"}, "if": {"org.rural or org.active"}, "pick": {"not nuzhna_li_scena"}, "join": {"and"}, "add_condition": {"yes"}}
		if a := o.post("/draft/question", values); a.Status != http.StatusOK || !strings.Contains(a.Body, "(org.rural or org.active) and not nuzhna_li_scena") {
			t.Errorf("the condition is not added: %d", a.Status)
		}
		values = url.Values{"section": {"about_it"}, "type": {"choices"}, "title.ru": {"Что?"}, "options.0.ru": {"Одно"}, "options.rows": {"1"}, "one_more": {"options"}}
		if a := o.post("/draft/question", values); a.Status != http.StatusOK || !strings.Contains(a.Body, "options.1.ru") || !strings.Contains(a.Body, `value="Одно"`) {
			t.Errorf("no row is added: %d", a.Status)
		}
		if a := o.post("/draft/question", url.Values{"type": {"table"}, "retype": {"yes"}}); a.Status != http.StatusOK || !strings.Contains(a.Body, "columns.0.ru") {
			t.Errorf("a table has no columns: %d", a.Status)
		}
		a := o.officer.Post(o.form+"/draft/preview", url.Values{"a.vid_proekta": {"concert"}})
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "Выберите из списка") {
			t.Errorf("the preview takes what is not in the list: %d", a.Status)
		}
		if a := o.officer.Post(o.form+"/draft/preview", url.Values{"a.vid_proekta": {"kurs"}}); a.Status != http.StatusOK || !strings.Contains(a.Body, "были бы приняты") {
			t.Errorf("the preview refuses good answers: %d", a.Status)
		}
	})
}
