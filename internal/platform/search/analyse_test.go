package search

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func stemsOf(text string) (all []string) {
	for t := range tokens(text) {
		all = append(all, t.stems()...)
	}
	return all
}

// joined says whether a search for one word finds the other.
func joined(a, b string) bool {
	return slices.ContainsFunc(stemsOf(a), func(s string) bool { return slices.Contains(stemsOf(b), s) })
}

var pairs = `
мектеп мектептерінде|мектеп мектебінің|мектеп мектептер|мектеп мектептерге|ауыл ауылдардың|ауыл ауылында
ауыл ауылдағы|жоба жобалары|жоба жобаның|жоба жобаларына|жоба жобаларымыз|кітап кітабы|кітап кітаптар
қоғам қоғамдық|қоғам қоғамның|аудан ауданы|аудан аудандарында|аудан ауданындағы|облыс облысы|облыс облысының
облыс облыстық|ұйым ұйымдар|ұйым ұйымдарының|ұйым ұйымына|бала балалар|бала балаларға|бала балаларының
жас жастар|жас жастардың|жас жастарға|мүгедек мүгедектерге|мүгедек мүгедектігі|отбасы отбасыларға
қала қаласы|қала қаласының|қала қалалық|Алматы Алматыда|Алматы Алматының|Ақтөбе Ақтөбеде|Ақтөбе Ақтөбенің
Қарағанды Қарағандыда|Астана Астанада|Астана Астананың|Павлодар Павлодарда|Шымкент Шымкентте|Қостанай Қостанайда
Қазақстан Қазақстанның|Қазақстан Қазақстандағы|грант гранттар|грант гранттық|грант гранты|бюджет бюджеттен
форум форумы|форум форумында|форум форумның|волонтёр волонтёрлер|волонтёр волонтёрлердің|есеп есебі|есеп есептер
есеп есептің|шарт шарты|шарт шарттың|әкімдік әкімдігі|әкімдік әкімдіктің|әкім әкімінің|мәдениет мәдениеті
мәдениет мәдениетінің|білім білімі|білім білімге|тіл тілі|тіл тілінде|тіл тілдер|денсаулық денсаулығы
денсаулық денсаулығын|спорт спорты|спорт спортпен|экология экологиялық|экология экологияны|тәрбие тәрбиесі
қор қоры|қор қорының|орталық орталығы|орталық орталығында|орталық орталықтар|бағдарлама бағдарламасы
бағдарлама бағдарламалар|жұмыс жұмысы|жұмыс жұмыстар|жұмыс жұмыссыз|қаржы қаржылық|тапсырыс тапсырысы
мемлекет мемлекеттік|конкурс конкурсы|конкурс конкурсқа|көмек көмегі|тұрғын тұрғындар|тұрғын тұрғындардың
зейнеткер зейнеткерлер|ардагер ардагерлер|ардагер ардагерлердің|ана аналар|ана аналарға|су суды|ел еліміз
халық халқы|халық халықтың|қызмет қызметі|қызмет қызметтер|медицина медицинаның|заң заңы|заң заңның
серіктес серіктестік|дене денесі|оқушы оқушылар|оқушы оқушыларға|мұғалім мұғалімдер|мұғалім мұғалімдерге
школа школы|школа школе|школа школами|экология экологии|экология экологию|проект проекты|проект проектов
сельский сельского|село сёла|дети детей|дети детям|молодёжь молодежи|район района|район районов|область области
область областной|организация организации|организация организаций|общественный общественная|ветеран ветеранам
инвалид инвалидов|волонтёр волонтеров|семья семьи|семья семей|помощь помощи|культура культуры|город города
город городской|здоровье здоровья|спорт спортивный|лагерь лагеря|библиотека библиотеки|детский детского
акимат акимата|отчёт отчеты|договор договоров|грант гранты|фонд фонда|фонд фондов|форум форуме|праздник праздники
сохранение сохранения|поддержка поддержки|развитие развития|обучение обучению|женщина женщинам|пожилой пожилых
project projects|school schools|training trainings|community communities|environment environmental`

// apart are words that a search must not confuse.
var apart = `Алматы алма|Алматы алматинец|школа школьников|ана ант|жер жел|қала қалам|бала балық|село селезень|форум форма
су сурет|тіл тілек|Астана астық|Павлодар павлод|грант гранит|мектеп мекен|спорт спор|проект профиль|қор қорған`

func split(list string) [][2]string {
	var out [][2]string
	for _, p := range strings.FieldsFunc(list, func(r rune) bool { return r == '|' || r == '\n' }) {
		a, b, _ := strings.Cut(p, " ")
		out = append(out, [2]string{a, b})
	}
	return out
}

func TestFormsOfAWordAreJoined(t *testing.T) {
	all := split(pairs)
	lost := 0
	for _, p := range all {
		if !joined(p[0], p[1]) {
			lost++
			t.Logf("%s %v and %s %v are apart", p[0], stemsOf(p[0]), p[1], stemsOf(p[1]))
		}
	}
	t.Logf("%d of %d pairs joined", len(all)-lost, len(all))
	if lost*100 > len(all)*7 {
		t.Errorf("%d of %d pairs are apart, at most 7 %% may be", lost, len(all))
	}
}

func TestDifferentWordsStayApart(t *testing.T) {
	for _, p := range split(apart) {
		if joined(p[0], p[1]) {
			t.Errorf("%s %v and %s %v are joined", p[0], stemsOf(p[0]), p[1], stemsOf(p[1]))
		}
	}
}

func TestFoldJoinsWhatPeopleType(t *testing.T) {
	for _, c := range []struct{ typed, meant string }{
		{"Казакстан", "Қазақстан"},
		{"мектептеринде", "мектептерінде"},
		{"мектептерiнде", "мектептерінде"}, // Latin i
		{"əкім", "әкім"},                   // U+0259
		{"ƏКІМДІК", "әкімдік"},
		{"Aктoбе", "Ақтөбе"}, // Latin A, o
		{"MОЛОДЁЖЬ", "молодежь"},
		{"Hұра", "Нұра"},               // Latin capital H
		{"и\u0306од", "йод"},           // й in two code points
		{"озык   улги!", "Озық, үлгі"}, // marks and spaces
	} {
		if Fold(c.typed) != Fold(c.meant) {
			t.Errorf("%q folds to %q, %q to %q", c.typed, Fold(c.typed), c.meant, Fold(c.meant))
		}
	}
	if got := Fold("Hope for children"); got != "hope for children" {
		t.Errorf("a Latin word folds to %q", got)
	}
}

func TestATypedWordWithoutKazakhLettersFindsTheKazakhOne(t *testing.T) {
	for _, p := range [][2]string{
		{"мектептеринде", "мектеп"}, {"казакстаннын", "Қазақстан"}, {"когамдык", "қоғам"},
		{"уйымдардын", "ұйым"}, {"жобаларынын", "жоба"}, {"окушыларга", "оқушы"},
	} {
		if !joined(p[0], p[1]) {
			t.Errorf("%s %v does not find %s %v", p[0], stemsOf(p[0]), p[1], stemsOf(p[1]))
		}
	}
}

func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{"", "мектептерінде", "школа № 12", "i\u0307", "ə", "\xff\xfeа", "и\u0306", "лар", "ыыыыыы"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := Fold(text)
		if !utf8.ValidString(folded) {
			t.Fatalf("%q folds to invalid %q", text, folded)
		}
		for tok := range tokens(text) {
			if len(tok.folded) > maxWord {
				t.Fatalf("%q is longer than a word may be", tok.folded)
			}
			for _, s := range tok.stems() {
				if s == "" || !utf8.ValidString(s) {
					t.Fatalf("%q has the stem %q", tok.folded, s)
				}
			}
		}
		exactKey(text)
	})
}

func TestStems(t *testing.T) {
	a, b := Stems("Кружки для подростков и их родителей"), Stems("кружок подросткам")
	for _, want := range []string{"подростк"} {
		if !a[want] || !b[want] {
			t.Errorf("%q is not in %v and %v", want, a, b)
		}
	}
	if a["и"] || a["для"] {
		t.Errorf("words that say nothing: %v", a)
	}
}
