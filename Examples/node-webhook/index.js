'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

const SECRET = process.env.WEBHOOK_SECRET;
if (!SECRET) throw new Error('Set WEBHOOK_SECRET to the secret you share with the shop');

/** Answers an HTTP event that carries an order. */
exports.handler = async (event) => {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (!isSigned(body, event.headers?.['x-shop-signature'])) {
    console.warn('a request with a wrong signature');
    return respond(401, { message: 'The signature does not match the body' });
  }
  let order;
  try {
    order = JSON.parse(body);
  } catch {
    return respond(400, { message: 'The body is no JSON' });
  }
  const problems = check(order);
  if (problems.length > 0) return respond(422, { message: 'The order cannot be taken', problems });
  const record = tidy(order);
  console.log('took order', record.order, 'of', record.totalCents, 'cents');
  return respond(200, record);
};

/** Whether the header holds the signature of the body; takes equally long for every wrong one. */
function isSigned(body, header = '') {
  const expected = createHmac('sha256', SECRET).update(body).digest();
  const given = Buffer.from(header.replace(/^sha256=/, ''), 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Everything that is wrong with an order. */
function check(order) {
  const problems = [];
  const expect = (holds, problem) => holds || problems.push(problem);
  expect(/^order-\d+$/.test(order?.id), 'id must look like order-123');
  expect(!Number.isNaN(Date.parse(order?.created)), 'created must be a time');
  expect(/^[^@\s]+@[^@\s]+$/.test(String(order?.customer?.email).trim()), 'customer.email must be an address');
  expect(/^[a-z]{3}$/i.test(order?.currency), 'currency must have three letters');
  expect(Array.isArray(order?.items) && order.items.length > 0, 'items must not be empty');
  for (const [index, item] of (Array.isArray(order?.items) ? order.items : []).entries()) {
    expect(Number.isInteger(item?.quantity) && item.quantity > 0, `items[${index}].quantity must be a positive whole number`);
    expect(/^\d{1,7}(\.\d{1,2})?$/.test(item?.price), `items[${index}].price must be an amount such as "12.50"`);
  }
  return problems;
}

/** The record that the rest of the system works with. */
function tidy(order) {
  const lines = order.items.map(({ sku, quantity, price }) => ({ sku, quantity, cents: quantity * toCents(price) }));
  return {
    order: order.id,
    created: new Date(order.created).toISOString(),
    email: order.customer.email.trim().toLowerCase(),
    currency: order.currency.toUpperCase(),
    lines,
    totalCents: lines.reduce((sum, line) => sum + line.cents, 0),
  };
}

function toCents(price) {
  const [whole, rest = ''] = price.split('.');
  return Number(whole) * 100 + Number(rest.padEnd(2, '0'));
}

function respond(statusCode, body) {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
