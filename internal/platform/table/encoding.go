package table

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"birge/internal/platform/problem"
)

// textReader gives the size bytes in r as UTF-8 without a mark, whatever of the
// known encodings they are in: UTF-8, UTF-16 with its mark, or Windows-1251
// with the Kazakh letters of KZ-1048. Everything else is refused, so that no
// guess spoils a name.
func textReader(name string, r io.ReaderAt, size int64) (io.Reader, error) {
	all := io.NewSectionReader(r, 0, size)
	mark := make([]byte, 3)
	n, err := r.ReadAt(mark, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, problem.Wrap(err, problem.Invalid, "table.damaged", "name", name)
	}
	mark = mark[:n]
	if bytes.HasPrefix(mark, []byte{0xff, 0xfe}) || bytes.HasPrefix(mark, []byte{0xfe, 0xff}) {
		return transform.NewReader(all, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
	}
	if bytes.HasPrefix(mark, []byte{0xef, 0xbb, 0xbf}) {
		all = io.NewSectionReader(r, 3, size-3)
	}
	var c census
	if _, err := io.Copy(&c, all); err != nil {
		return nil, problem.Wrap(err, problem.Invalid, "table.damaged", "name", name)
	}
	if _, err := all.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch {
	case c.control > 0:
		return nil, problem.New(problem.Invalid, "table.unknown_format", "name", name)
	case c.utf8():
		return all, nil
	case c.windows1251():
		return &kz1048Reader{r: all}, nil
	}
	return nil, problem.New(problem.Invalid, "table.encoding", "name", name)
}

// census counts what tells encodings apart while bytes pass through it.
type census struct {
	control  int    // bytes that no text has
	notUTF8  bool   // a sequence that UTF-8 does not know
	partial  []byte // the begun character at the end of the last write
	high     int    // bytes above ASCII
	letters  int    // of them Cyrillic letters in Windows-1251
	joined   int    // of them letters beside a letter
	frequent int    // of them the most frequent letters in Windows-1251
	koi8     int    // the bytes of the same letters in KOI8
	before   byte
}

// Write counts p.
func (c *census) Write(p []byte) (int, error) {
	for _, b := range p {
		c.count(b)
	}
	if !c.notUTF8 {
		c.check(p)
	}
	return len(p), nil
}

func (c *census) count(b byte) {
	if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != 0x1a {
		c.control++
	}
	if b >= 0x80 {
		c.high++
	}
	if cyrillic(b) {
		c.letters++
		if cyrillic(c.before) {
			c.joined++
		}
	}
	// о а е и н т, small and capital.
	switch b {
	case 0xee, 0xe0, 0xe5, 0xe8, 0xed, 0xf2, 0xce, 0xc0, 0xc5, 0xc8, 0xcd, 0xd2:
		c.frequent++
	}
	switch b {
	case 0xcf, 0xc1, 0xc5, 0xc9, 0xce, 0xd4, 0xef, 0xe1, 0xe5, 0xe9, 0xee, 0xf4:
		c.koi8++
	}
	c.before = b
}

func (c *census) check(p []byte) {
	p = append(c.partial, p...)
	c.partial = nil
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n <= 1 {
			if !utf8.FullRune(p) {
				c.partial = bytes.Clone(p)
				return
			}
			c.notUTF8 = true
			return
		}
		p = p[n:]
	}
}

func (c *census) utf8() bool { return !c.notUTF8 && len(c.partial) == 0 }

// windows1251 asks that most bytes above ASCII are Cyrillic letters which stand
// in words, and that its reading is likelier than that of KOI8.
func (c *census) windows1251() bool {
	return c.letters*10 >= c.high*8 && c.joined*2 >= c.letters && c.frequent >= c.koi8
}

// kz1048 is Windows-1251 with the Kazakh letters of the standard ST RK
// 1048-2002 in place of letters that neither Russian nor Kazakh has.
var kz1048 = func() (table [128]rune) {
	for i := range table {
		table[i] = charmap.Windows1251.DecodeByte(byte(i + 0x80))
	}
	for b, r := range map[byte]rune{
		0x8d: 'Қ', 0x8e: 'Һ', 0x9d: 'қ', 0x9e: 'һ', 0xa1: 'Ұ', 0xa2: 'ұ', 0xa3: 'Ә', 0xa5: 'Ө',
		0xaa: 'Ғ', 0xaf: 'Ү', 0xb4: 'ө', 0xba: 'ғ', 0xbc: 'ә', 0xbd: 'Ң', 0xbe: 'ң', 0xbf: 'ү',
	} {
		table[b-0x80] = r
	}
	return table
}()

// cyrillic tells that b is a letter of Russian or Kazakh in KZ-1048.
func cyrillic(b byte) bool {
	switch b {
	case 0x8d, 0x8e, 0x9d, 0x9e, 0xa1, 0xa2, 0xa3, 0xa5, 0xa8, 0xaa, 0xaf, 0xb2, 0xb3, 0xb4, 0xb8, 0xba, 0xbc, 0xbd, 0xbe, 0xbf:
		return true
	}
	return b >= 0xc0
}

// kz1048Reader turns KZ-1048 into UTF-8.
type kz1048Reader struct {
	r     io.Reader
	in    [4096]byte
	out   []byte
	ready []byte
}

func (k *kz1048Reader) Read(p []byte) (int, error) {
	if len(k.ready) == 0 {
		n, err := k.r.Read(k.in[:])
		if n == 0 {
			return 0, err
		}
		k.out = k.out[:0]
		for _, b := range k.in[:n] {
			if b < 0x80 {
				k.out = append(k.out, b)
			} else {
				k.out = utf8.AppendRune(k.out, kz1048[b-0x80])
			}
		}
		k.ready = k.out
	}
	n := copy(p, k.ready)
	k.ready = k.ready[n:]
	return n, nil
}
