/* base64.c -- RFC 4648 base64, for list<u8> in text; declared in
 * jsoncodec_node.h. */
#include "value/jsoncodec_node.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 0 to 63, or above when the byte is none of them. */
static uint32_t
value_of(char byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (uint32_t)(byte - 'A');
    }
    if (byte >= 'a' && byte <= 'z') {
        return (uint32_t)(byte - 'a') + 26;
    }
    if (byte >= '0' && byte <= '9') {
        return (uint32_t)(byte - '0') + 52;
    }
    return byte == '+' ? 62 : byte == '/' ? 63 : 64;
}

/* Without the padding. */
static size_t
unpadded(const char *src, size_t len)
{
    if (len % 4 == 0 && len > 0 && src[len - 1] == '=') {
        return len - (src[len - 2] == '=' ? 2 : 1);
    }
    return len;
}

size_t
tvn__base64_size(const char *src, size_t len)
{
    len = unpadded(src, len);
    return len / 4 * 3 + len % 4 * 3 / 4;
}

bool
tvn__base64_decode(const char *src, size_t len, uint8_t *dst)
{
    uint32_t group = 0;
    size_t i;

    len = unpadded(src, len);
    for (i = 0; i < len; i++) {
        uint32_t value = value_of(src[i]);

        if (value > 63) {
            return false;
        }
        group = group << 6 | value;
        if (i % 4 == 3) {
            *dst++ = (uint8_t)(group >> 16);
            *dst++ = (uint8_t)(group >> 8);
            *dst++ = (uint8_t)group;
            group = 0;
        }
    }
    /* the bits left over must be zero: each value has one text */
    if (i % 4 == 1 || (i % 4 == 2 && (group & 0xF) != 0) ||
        (i % 4 == 3 && (group & 3) != 0)) {
        return false;
    }
    if (i % 4 == 2) {
        *dst = (uint8_t)(group >> 4);
    } else if (i % 4 == 3) {
        dst[0] = (uint8_t)(group >> 10);
        dst[1] = (uint8_t)(group >> 2);
    }
    return true;
}

void
tvn__base64_encode(const uint8_t *src, size_t len, char *dst)
{
    for (; len >= 3; len -= 3) {
        uint32_t group =
            (uint32_t)src[0] << 16 | (uint32_t)src[1] << 8 | src[2];

        *dst++ = alphabet[group >> 18];
        *dst++ = alphabet[group >> 12 & 63];
        *dst++ = alphabet[group >> 6 & 63];
        *dst++ = alphabet[group & 63];
        src += 3;
    }
    if (len > 0) {
        uint32_t group = (uint32_t)src[0] << 16;

        group |= len > 1 ? (uint32_t)src[1] << 8 : 0;
        *dst++ = alphabet[group >> 18];
        *dst++ = alphabet[group >> 12 & 63];
        *dst++ = len > 1 ? alphabet[group >> 6 & 63] : '=';
        *dst = '=';
    }
}
