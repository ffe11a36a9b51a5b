//go:build wasip1

package main

import "unsafe"

// What the page and the program share: the picture that the page fills, and the text
// that it reads.
var (
	shared []byte
	read   []byte
)

//go:wasmexport picture
func picture(size int32) unsafe.Pointer {
	shared = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(shared))
}

//go:wasmexport decode
func decode(width, height int32) int32 {
	read = []byte(Decode(shared, int(width), int(height)))
	return int32(len(read))
}

//go:wasmexport text
func text() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(read)) }
